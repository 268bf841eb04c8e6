import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';

/** How a module wants to be asked, and answers: MISP's own format, or values with their types. */
export type ModuleFormat = 'misp_standard' | 'plain';

/** A module as its service describes it: what of it is used, and nothing that is not what it should be. */
export interface ModuleInfo {
  name: string;
  /** For people; empty if the module has none. */
  title: string;
  description: string;
  /** `expansion`, `hover`, `import`, `export`, `action`. */
  kinds: string[];
  /** Types of attributes, or names of objects. */
  input: string[];
  format: ModuleFormat;
  /** Names of its settings. Which of them are secrets, no module says. */
  settings: string[];
}

/** Misp-modules has 174; who lists more than this is no service of modules. */
const MOST_MODULES = 2000;
const LONGEST_NAME = 100;
const LONGEST_TEXT = 500;

/**
 * The modules that a service lists, as MISP reads the list. What is no module is passed over.
 * @throws {WorkflowError} if it is no list
 */
export function readModules(data: unknown): ModuleInfo[] {
  if (!isList(data)) throw new WorkflowError('modules.noList');
  const found = new Map<string, ModuleInfo>();
  for (const entry of data.slice(0, MOST_MODULES)) {
    const info = isRecord(entry) ? moduleOf(entry) : undefined;
    if (info) found.set(info.name, info);
  }
  return [...found.values()];
}

function moduleOf(entry: Readonly<Record<string, unknown>>): ModuleInfo | undefined {
  const name = textOf(entry.name);
  if (name === '' || name.length > LONGEST_NAME) return undefined;
  const meta = isRecord(entry.meta) ? entry.meta : {};
  const attributes = isRecord(entry.mispattributes) ? entry.mispattributes : {};
  return {
    name,
    title: textOf(meta.name).slice(0, LONGEST_TEXT),
    description: textOf(meta.description).slice(0, LONGEST_TEXT),
    kinds: namesIn(meta['module-type']),
    input: namesIn(attributes.input),
    // MISP takes any format that is not empty for its own.
    format: textOf(attributes.format) === '' ? 'plain' : 'misp_standard',
    settings: namesIn(meta.config),
  };
}

/** The texts of a list, or the one that stands in its place. */
function namesIn(value: unknown): string[] {
  const all = isList(value) ? value : [value];
  const names = all.filter((name): name is string => typeof name === 'string' && name !== '');
  return [...new Set(names)].filter(({ length }) => length <= LONGEST_NAME);
}
