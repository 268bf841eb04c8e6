import type { MispEvent } from '../model';
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

/** The organisation that runs this MISP: only its users may set local tags. */
export const HOST_ORGANISATION = '1';
