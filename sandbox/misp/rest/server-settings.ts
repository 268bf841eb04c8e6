import { moduleSetting, restrictSetting, type KnownSetting } from '../settings/known';
import { FAMILIES } from '../settings/services';
import { ActionService } from '../service/action-service';
import { ModuleService } from '../service/module-service';
import type { StandIn } from '../stand-in';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { NO_PERMISSION } from './permissions';
import type { RestRequest } from './router';

const MODULE = /^Plugin\.(Action|Enrichment|Import|Export)_(.+)_(enabled|restrict)$/;

/** `servers/getSetting/NAME` */
export async function getSetting(request: RestRequest, misp: StandIn): Promise<RestAnswer> {
  const { args, url, user } = request;
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  const name = args[0] ?? '';
  const known = await knownSetting(misp, name);
  if (!known) return notFound(`Setting ${name} is invalid.`, url);
  const { level, description, test, type } = known;
  const value = misp.settings.get(name) ?? known.value;
  return { status: 200, body: { level, description, value, test, type, name } };
}

/** `servers/serverSettingsEdit/NAME` */
export async function serverSettingsEdit(request: RestRequest, misp: StandIn): Promise<RestAnswer> {
  const { args, body, method, url, user } = request;
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  const name = args[0] ?? '';
  const known = await knownSetting(misp, name);
  if (!known) return notFound(`Setting ${name} is invalid.`, url);
  if (known.cliOnly) return problem(405, 'This setting can only be edited via the CLI.', url);
  if (method === 'GET') return { status: 200, body: { [name]: misp.settings.get(name) ?? known.value } };
  const { value } = (body ?? {}) as { value?: unknown };
  const errors = misp.settings.edit(name, value, known);
  const target = '/servers/serverSettingsEdit';
  if (errors !== undefined) {
    return problem(403, 'Could not serverSettingsEdit Server', target, { errors }, true);
  }
  const message = 'Field updated';
  return { status: 200, body: { saved: true, success: true, name: message, message, url: target } };
}

/** `servers/serverSettings`: the diagnostics; what has nothing to do with workflows is left out. */
export async function serverSettings({ url, user }: RestRequest, misp: StandIn): Promise<RestAnswer> {
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  const left = '(left out)';
  const moduleStatus: Record<string, number> = {};
  for (const family of FAMILIES) moduleStatus[family] = await statusOf(misp, family);
  const body = {
    version: { current: `v${misp.version}`, newest: null, upToDate: 'disabled' },
    ...{ phpSettings: left, gpgStatus: left, proxyStatus: left, zmqStatus: left, stix: left },
    // MISP asks about its Action service nothing.
    moduleStatus: { ...moduleStatus, Cortex: 1 },
    ...{ writeableDirs: left, writeableFiles: left, readableFiles: left, dbDiagnostics: left },
    ...{ dbSchemaDiagnostics: left, dbConfiguration: left, redisInfo: left },
    finalSettings: finalSettings(misp),
    extensions: left,
    workers: workersOf(misp),
    backgroundJobsStatus: misp.workers === 'unmanaged' ? 'Error connecting to Supervisor.' : '',
  };
  return { status: 200, body };
}

/** `servers/getWorkers` */
export function getWorkers({ url, user }: RestRequest, misp: StandIn): RestAnswer {
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  return { status: 200, body: workersOf(misp) };
}

/** Only a supervisor can tell that workers are well: without one, MISP says that none is. */
function workersOf({ worker, workers }: StandIn): Record<string, unknown> {
  const queue = (pid: number, jobCount = 0) => {
    const alive = { pid, user: 'www-data', type: 'regular', alive: true, correct_user: true, ok: true };
    return workers === 'alive' ? { ok: true, workers: { [pid]: alive }, jobCount } : { ok: false, jobCount };
  };
  return {
    ...{ cache: queue(101), default: queue(102), email: queue(103), prio: queue(104, worker.waiting) },
    ...{ update: queue(105), proc_accessible: true },
    controls: workers !== 'unmanaged',
    supervisord_status: workers !== 'unmanaged',
  };
}

/** 0 if all is well, 1 if it is off, 2 if no module was found. */
async function statusOf(misp: StandIn, family: (typeof FAMILIES)[number]): Promise<number> {
  const service = misp.moduleServices[family];
  if (!service) return 1;
  return (await new ModuleService(service).modules()).length > 0 ? 0 : 2;
}

function finalSettings({ settings }: StandIn): object[] {
  return settings.names().flatMap((setting) => {
    const known = settings.known(setting);
    if (!known) return [];
    const { level, test, type } = known;
    const [tab, rest = ''] = setting.split('.', 2);
    const group = tab === 'Plugin' ? { subGroup: rest.split('_', 1)[0] } : {};
    const value = settings.get(setting);
    const isUnset = value === '' && test === 'testForEmpty';
    const problems = isUnset ? { error: 1, errorMessage: 'Value not set.' } : { errorMessage: null };
    return [{ level, value, test, type, ...problems, ...group, tab, setting }];
  });
}

/** What MISP has a setting for: its own, and one for each module that a service lists. */
async function knownSetting(misp: StandIn, name: string): Promise<KnownSetting | undefined> {
  const known = misp.settings.known(name);
  if (known) return known;
  const [, family, module, part] = MODULE.exec(name) ?? [];
  if (module === undefined) return undefined;
  const found = (await listed(misp, family)).find((one) => one.name === module);
  if (part === 'restrict') return found && restrictSetting(module);
  return found && moduleSetting(module, found.description);
}

async function listed(misp: StandIn, family: string): Promise<{ name: string; description: string }[]> {
  if (family === 'Action') return (await new ActionService(misp.actionService).modules()).list;
  const service = FAMILIES.map((one) => (one === family ? misp.moduleServices[one] : undefined)).find(
    Boolean,
  );
  const list = service ? await new ModuleService(service).modules() : [];
  return list.map(({ name }) => ({ name, description: '' }));
}
