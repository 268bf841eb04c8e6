/** Calls that only look, although they are POSTs. */
const READING = /^\/[\w-]+\/(?:restSearch|search|index|checkValue)(?:\.json)?(?:[/?]|$)/;

/** Whether it does no harm if MISP carries the call out twice. */
export function onlyReads(method: string, path: string): boolean {
  const verb = method.toUpperCase();
  return verb === 'GET' || verb === 'HEAD' || (verb === 'POST' && READING.test(path));
}
