/** A text that was sent; an empty one if it is none. */
export function textField(sent: unknown): string {
  return typeof sent === 'string' ? sent : '';
}

/** A list of ids; others are passed over. */
export function idsOf(sent: unknown): string[] {
  return Array.isArray(sent) ? sent.filter((id) => typeof id === 'string') : [];
}

/** A number, as such or as a form has it, not above `most`; else `usual`. */
export function numberField(sent: unknown, usual: number, most: number): number {
  const number = typeof sent === 'number' || (typeof sent === 'string' && sent.trim()) ? Number(sent) : NaN;
  return number > 0 ? Math.min(number, most) : usual;
}

/** The id of a config node; nothing for the entries of Node-RED's list that stand for none, or for a new one. */
export function configOf(sent: unknown): string {
  const id = textField(sent);
  return id === '_ADD_' || id === 'NONE' ? '' : id;
}
