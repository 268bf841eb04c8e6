import { itemOf } from './access';
import type { Runtime } from './values';
import { isText, asText, Undefined } from './values';

/**
 * What `attribute="Orgc.name"` or `attribute=0` of a filter reads from an entry of a list.
 * @param otherwise stands for what is missing
 */
export function reader(rt: Runtime, attribute: unknown, otherwise?: unknown): (item: unknown) => unknown {
  const steps = stepsOf(attribute);
  return (item) =>
    steps.reduce((value, step) => {
      rt.budget.spend();
      const found = itemOf(rt, value, step);
      return otherwise !== undefined && otherwise !== null && found instanceof Undefined ? otherwise : found;
    }, item);
}

function stepsOf(attribute: unknown): unknown[] {
  if (attribute === null || attribute === undefined) return [];
  if (!isText(attribute)) return [attribute];
  return asText(attribute)
    .split('.')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Texts in lower case, as Jinja2's filters compare them unless told otherwise. */
export function ignoringCase(value: unknown): unknown {
  return isText(value) ? asText(value).toLowerCase() : value;
}
