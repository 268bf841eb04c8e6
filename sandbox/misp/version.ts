/** Whether a version of MISP is this one or a later one. */
export function isSince(version: string, first: string): boolean {
  return version.localeCompare(first, 'en', { numeric: true }) >= 0;
}

/**
 * The newest version of which anything was read: a stand-in of this version has what came after 2.5.1, built from release
 * notes and sources (docs/misp-versions.md). It proves nothing about a real MISP.
 */
export const NEWEST = '2.5.50';
