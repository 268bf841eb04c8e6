type Condition = Readonly<Record<string, unknown>>;

/** What a definition says of a field, as far as whether it is filled in is concerned. */
export interface FieldKnowledge {
  kind: string;
  /** In use only while other fields have one of these values; of a list, while one of its entries holds. */
  when?: Condition | readonly Condition[];
  required?: boolean;
  /** Names of fields that may be filled in instead of a required one. */
  orElse?: readonly string[];
}

/** Whether a field is in use, by the values of the fields it depends on. */
export function applies(
  { when = {} }: Pick<FieldKnowledge, 'when'>,
  valueOf: (name: string) => unknown,
): boolean {
  return [when].flat().some((one) => holds(one, valueOf));
}

function holds(condition: Condition, valueOf: (name: string) => unknown): boolean {
  return Object.entries(condition).every(([other, wanted]) => [wanted].flat().includes(valueOf(other)));
}

/** Whether a required field, and what may stand in for it, is empty. */
export function isMissing(
  { required, orElse = [] }: FieldKnowledge,
  value: unknown,
  valueOf: (name: string) => unknown,
): boolean {
  return required === true && isEmpty(value) && orElse.every((other) => isEmpty(valueOf(other)));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return (
    value === undefined ||
    value === null ||
    value === false ||
    (typeof value === 'string' && value.trim() === '')
  );
}
