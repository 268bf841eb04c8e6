import type { MispEvent } from '../model';
import type { StandIn } from '../stand-in';
import type { MispUser } from '../users';

export const NO_PERMISSION = 'You do not have permission to use this functionality.';

/** Whether a user sees an event at all; what it does not see is not there for it. */
export function maySee({ Role, Organisation }: MispUser, event: MispEvent): boolean {
  if (Role.perm_site_admin) return true;
  if (event.org_id === Organisation.id || event.orgc_id === Organisation.id) return true;
  if (event.distribution === '4') return inSharingGroup(event, Organisation.id);
  return event.distribution !== '0';
}

function inSharingGroup(event: MispEvent, org: string): boolean {
  const { SharingGroupOrg = [] } = (event.SharingGroup ?? {}) as { SharingGroupOrg?: { org_id: string }[] };
  return SharingGroupOrg.some(({ org_id }) => org_id === org);
}

/** Whether a user may change an event: its creator's organisation may, and site admins. */
export function mayChange({ Role, Organisation }: MispUser, event: MispEvent): boolean {
  return Role.perm_site_admin || (Role.perm_modify && event.orgc_id === Organisation.id);
}

/** Whether a user belongs to the organisation that runs this MISP: only its users may set local tags. */
export function isOfHost(misp: StandIn, { Organisation }: MispUser): boolean {
  return misp.settings.text('MISP.host_org_id') === Organisation.id;
}

/** Whether it is told which organisation runs this MISP. */
export const hasHost = (misp: StandIn): boolean => misp.settings.number('MISP.host_org_id') > 0;

const READS =
  /^(?:index|view|restSearch|search|checkValue|checkGraph|moduleIndex|moduleView|triggers|get\w+)$/;

/** Whether a key that may only read is refused. */
export function isRefused({ keyOf }: MispUser, isPost: boolean, action: string): boolean {
  return keyOf !== undefined && isPost && !READS.test(action);
}
