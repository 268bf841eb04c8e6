import type { ActionServiceSettings } from '../service/action-service';
import type { ModuleServiceSettings } from '../service/module-service';
import type { ServerSettings } from './settings';

export const FAMILIES = ['Enrichment', 'Import', 'Export'] as const;
export type Family = (typeof FAMILIES)[number];

/** Services by family; one that is missing is switched off. */
export type ModuleServices = Partial<Record<Family, ModuleServiceSettings>>;

/** The Action service as MISP's settings have it: whoever changes one changes the other. */
export function actionServiceOf(
  settings: ServerSettings,
  given?: ActionServiceSettings,
): ActionServiceSettings {
  const service = new ActionServiceView(settings, given?.modulesTimeoutMs, given?.tls);
  if (given) {
    const { enabled = true, url, port, timeoutMs } = given;
    Object.assign(service, { enabled, url, port, timeoutMs });
  }
  return service;
}

class ActionServiceView implements ActionServiceSettings {
  constructor(
    private readonly settings: ServerSettings,
    /** These two are no settings. */
    public modulesTimeoutMs: number | undefined,
    public tls: ActionServiceSettings['tls'],
  ) {}

  get enabled(): boolean {
    return this.settings.isOn('Plugin.Action_services_enable');
  }
  set enabled(value: boolean) {
    this.settings.set('Plugin.Action_services_enable', value);
  }
  get url(): string {
    return this.settings.text('Plugin.Action_services_url');
  }
  set url(value: string) {
    this.settings.set('Plugin.Action_services_url', value);
  }
  get port(): number {
    return this.settings.number('Plugin.Action_services_port');
  }
  set port(value: number) {
    this.settings.set('Plugin.Action_services_port', value);
  }
  get timeoutMs(): number | undefined {
    return milliseconds(this.settings, 'Plugin.Action_timeout');
  }
  set timeoutMs(value: number | undefined) {
    this.settings.set('Plugin.Action_timeout', value === undefined ? undefined : value / 1000);
  }
}

/** The other services, in the same way. A family that is put in is switched on. */
export function moduleServicesOf(settings: ServerSettings, given: ModuleServices = {}): ModuleServices {
  const services = {};
  for (const family of FAMILIES) {
    let view: ModuleServiceSettings | undefined;
    Object.defineProperty(services, family, {
      enumerable: true,
      get: () =>
        settings.isOn(`Plugin.${family}_services_enable`) ? (view ??= viewOf(settings, family)) : undefined,
      set: (value: ModuleServiceSettings | undefined) => {
        settings.set(`Plugin.${family}_services_enable`, value !== undefined);
        view = value && write(settings, family, value);
      },
    });
  }
  return Object.assign(services, given);
}

/** What stands in the settings, whatever else was given. */
function viewOf(
  settings: ServerSettings,
  family: Family,
  given?: ModuleServiceSettings,
): ModuleServiceSettings {
  const name = (part: string) => `Plugin.${family}_${part}`;
  return {
    off: given?.off,
    settings: given?.settings,
    isOn: (module) => {
      if (settings.has(name(`${module}_enabled`))) return settings.isOn(name(`${module}_enabled`));
      return given !== undefined && given.off?.includes(module) !== true;
    },
    get url() {
      return settings.text(name('services_url'));
    },
    get port() {
      return settings.number(name('services_port'));
    },
    get timeoutMs() {
      return milliseconds(settings, name('timeout'));
    },
    get hoverTimeoutMs() {
      return given?.hoverTimeoutMs ?? milliseconds(settings, name('hover_timeout'));
    },
  };
}

function write(
  settings: ServerSettings,
  family: Family,
  given: ModuleServiceSettings,
): ModuleServiceSettings {
  const { url, port, timeoutMs } = given;
  settings.set(`Plugin.${family}_services_url`, url);
  settings.set(`Plugin.${family}_services_port`, port);
  settings.set(`Plugin.${family}_timeout`, timeoutMs === undefined ? undefined : timeoutMs / 1000);
  return viewOf(settings, family, given);
}

const milliseconds = (settings: ServerSettings, name: string): number =>
  Math.round(settings.number(name) * 1000);
