/**
 * Whether a flag of MISP is set. MISP, its feeds and older answers of its REST API write flags as booleans, numbers
 * or texts, or leave them out: this is the one place that reads them.
 */
export function isSet(flag: unknown): boolean {
  return flag === true || flag === 1 || flag === '1' || flag === 'true';
}
