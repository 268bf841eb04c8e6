/** Whether a version of MISP is this one or a later one. */
export function isSince(version: string, first: string): boolean {
  return version.localeCompare(first, 'en', { numeric: true }) >= 0;
}
