import type { TextParams } from '../src/text';

/** What every field may say besides its kind. Its label and tip stand in `locales/`. */
interface FieldBase {
  /** Shown only while another field has one of these values. */
  when?: Record<string, string | boolean | (string | boolean)[]>;
  /** Folded away under "Advanced". */
  advanced?: boolean;
}

/**
 * The fields a form can have. From one the build writes the form, the default, the validation and the
 * row in the help.
 */
export type Field = FieldBase &
  (
    | { kind: 'text'; default: string; required?: boolean; pattern?: string; message?: string }
    | { kind: 'area'; default: string; required?: boolean }
    /** A hash path into `msg.payload`, checked when the flow is deployed. */
    | { kind: 'hashpath'; default: string; required?: boolean }
    | { kind: 'number'; default: number; min: number; max: number; unit?: string }
    | { kind: 'select'; default: string; options: readonly string[]; describe?: boolean }
    | { kind: 'checkbox'; default: boolean }
    | { kind: 'list'; default: readonly string[]; required?: boolean }
    | { kind: 'config'; type: string; required?: boolean }
    | { kind: 'secret'; secret: 'text' | 'password'; required?: boolean }
    | { kind: 'params'; default: readonly ParamRow[] }
  );

/** A parameter that MISP's user fills in at the module. */
export interface ParamRow {
  name: string;
  type: 'string' | 'large_string' | 'hash_path';
  value: string;
}

export type Fields = Record<string, Field>;

type ValueOf<F extends Field> = F extends { kind: 'number' }
  ? number
  : F extends { kind: 'checkbox' }
    ? boolean
    : F extends { kind: 'list' }
      ? string[]
      : F extends { kind: 'params' }
        ? ParamRow[]
        : F extends { kind: 'select'; options: readonly (infer O)[] }
          ? O
          : string;

/** The values of a node's fields as its behaviour gets them. */
export type Config<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** How the settings of an older version become those of the next: plain data, for runtime and editor. */
export interface Migration {
  /** The version it starts from. */
  from: number;
  rename?: Record<string, string>;
  set?: Record<string, unknown>;
  /** New values for old ones, by field. */
  map?: Record<string, Record<string, unknown>>;
}

export type Family = 'triggers' | 'logic' | 'actions' | 'config';

/** All that the editor, the help and the runtime know of a node type before it runs. */
export interface Description<F extends Fields = Fields> {
  type: string;
  family: Family;
  /** The MISP modules that the node stands for; empty if MISP has none. */
  modules: readonly string[];
  /** Version of the saved settings. */
  version: number;
  migrations?: readonly Migration[];
  inputs: 0 | 1;
  /** Names of the outputs; their labels stand in `locales/`. */
  outputs: readonly string[];
  fields: F;
  /** The select field whose value chooses the node's label in `locales/`, such as `label.in_or`. */
  labelBy?: string;
  /** A file beside the node with editor code of its own. */
  editorFile?: boolean;
  /** Whether the node never changes a message or the world: a run may be repeated behind it. */
  harmless?: boolean;
}

/** A text of a node, by its key in `locales/`. */
export type Translate = (key: string, params?: TextParams) => string;
