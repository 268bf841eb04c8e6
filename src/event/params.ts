import { EventDataError } from './errors';
import { textOf } from './values';

/** A parameter as a module declares it. */
export interface DeclaredParam {
  id: string;
  default?: unknown;
  /** The value is a template. */
  jinja_supported?: boolean;
}

/** Renders a template over the data. */
export type Render = (template: string, data: unknown) => string;

/**
 * MISP's `getParamsWithValues`: what is configured, else the declared default, else an empty text; by the ids
 * that are declared. Configured templates are rendered, defaults are not.
 * @throws EventDataError if a template is a list or an object
 */
export function getParamsWithValues(
  declared: readonly DeclaredParam[],
  configured: Readonly<Record<string, unknown>>,
  data: unknown,
  render: Render,
): Record<string, unknown> {
  return Object.fromEntries(declared.map((param) => [param.id, valueOf(param, configured, data, render)]));
}

function valueOf(
  { id, default: fallback, jinja_supported: isTemplate }: DeclaredParam,
  configured: Readonly<Record<string, unknown>>,
  data: unknown,
  render: Render,
): unknown {
  const value = Object.hasOwn(configured, id) ? (configured[id] ?? undefined) : undefined;
  if (value === undefined) return fallback ?? '';
  if (!isTemplate || value === '' || value === false) return value;
  if (typeof value === 'object') throw new EventDataError('templateNotText', { name: id });
  return render(textOf(value), data);
}
