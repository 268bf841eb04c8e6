import { integerOf, textOf } from '../event/values';
import { text } from '../text';
import { accountRow, green, red, worstFirst, yellow, type Row } from './check';
import {
  enabling,
  familiesOf,
  hoverSwitch,
  modulesOf,
  planServices,
  settingName,
  tooShort,
  whereIs,
  type ServicesState,
} from './services';
import type { DrawnFor, Family, ServiceName, ServicesWish } from './services-wish';

/** Everything that keeps a MISP from asking flows that are modules of its services, the worst first. */
export function serviceRows(state: ServicesState, wish: ServicesWish): Row[] {
  const rows = [accountRow(state)];
  if (!state.account.siteAdmin) return rows;
  for (const family of familiesOf(wish)) rows.push(...familyRows(state, family, wish));
  if (wish.wanted.includes('Debug')) rows.push(debugRow(state, wish));
  return worstFirst(rows);
}

/** What would set a service right. Whoever decided for another one has seen that a click replaces it. */
function mendOf(state: ServicesState, name: ServiceName, wish: ServicesWish) {
  return planServices(state, { ...wish, wanted: [name], others: { [name]: 'replace' } }).steps;
}

function familyRows(state: ServicesState, family: Family, wish: ServicesWish): Row[] {
  const own = modulesOf(wish, family);
  const { isOn, isHere, isLetIn, address } = whereIs(state, family, wish);
  const wanted = `${wish.service.protocol}://${wish.service.host}:${wish.service.port}`;
  const mend = mendOf(state, family, wish);
  const params = { service: family, address, wanted };
  if (!isOn) return [red(`service.${family}`, text('check.services.off', params), mend)];
  if (!isHere) return [yellow(`service.${family}`, text('check.services.elsewhere', params), mend)];
  const here = green(`service.${family}`, text('check.services.here', params));
  if (!isLetIn) return [here, red(`credentials.${family}`, text('check.services.credentials', params), mend)];
  const late = tooShort(state, family, wish).map(({ name, seconds, deadline, mend: longer }) =>
    red(`timeout.${family}`, text('check.services.timeout', { name, seconds, deadline }), longer),
  );
  return [
    here,
    ...late,
    ...own.flatMap((module) => moduleRows(state, module)),
    ...hoverRows(state, family, wish),
  ];
}

function moduleRows(state: ServicesState, module: DrawnFor): Row[] {
  const { name, family } = module;
  const { settings } = state;
  const id = `module.${family}.${name}` as const;
  const params = { module: name, service: family };
  // MISP has settings of a module as long as the service lists it.
  if (settings.get(settingName(family, `${name}_enabled`)) === undefined)
    return [red(id, text('check.services.notListed', params))];
  const mend = enabling(state, module);
  if (mend.length > 0) return [red(id, text('check.services.moduleOff', params), mend)];
  const restricted = textOf(settings.get(settingName(family, `${name}_restrict`)));
  if (integerOf(restricted) > 0)
    return [yellow(id, text('check.services.restricted', { ...params, organisation: restricted }))];
  return [green(id, text('check.services.moduleOn', params))];
}

function hoverRows(state: ServicesState, family: Family, wish: ServicesWish): Row[] {
  const mend = family === 'Enrichment' ? hoverSwitch(state, wish) : undefined;
  if (mend === undefined || mend.length === 0) return [];
  return [yellow('hover', text('check.services.noHover'), mend)];
}

function debugRow(state: ServicesState, wish: ServicesWish): Row {
  const { isOn, isHere, isLetIn, address } = whereIs(state, 'Debug', wish);
  const mend = mendOf(state, 'Debug', wish);
  if (!isOn) return yellow('debug', text('check.services.noDebug'), mend);
  if (!isHere) return yellow('debug', text('check.services.debugElsewhere', { address }), mend);
  if (!isLetIn) return red('debug', text('check.services.debugCredentials'), mend);
  return green('debug', text('check.services.debug', { address }));
}
