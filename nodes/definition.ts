import type { ParameterRow } from '../src/adhoc/parameters';
import type { ModuleMapping } from '../src/mapping/mapping';
import type { SavedFilters } from '../src/event/saved-filters';
import type { PickerSource } from '../src/misp/picker-item';
import type { TextParams } from '../src/text';

type When = Readonly<Record<string, string | boolean | readonly (string | boolean)[]>>;

/** What every field may say besides its kind. Its label and tip stand in `locales/`. */
interface FieldBase {
  /** Shown only while other fields have these values, or one of several; of a list, while one of its entries holds. */
  when?: When | readonly When[];
  /** Folded away under "Advanced". */
  advanced?: boolean;
  /** A required field may be empty if one of these is filled in. */
  orElse?: readonly string[];
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
    /** With a `pattern`, each entry must fit it. */
    | { kind: 'list'; default: readonly string[]; required?: boolean; pattern?: string; message?: string }
    | { kind: 'config'; type: string; required?: boolean }
    | { kind: 'secret'; secret: 'text' | 'password'; required?: boolean }
    /**
     * `types` are those of a row, if not those of a parameter; `pattern` is what a row's name must fit. With `asks`, a
     * person is asked for them, by a label.
     */
    | {
        kind: 'params';
        default: readonly ParamRow[];
        types?: readonly string[];
        asks?: boolean;
        pattern?: string;
        message?: string;
      }
    /** A Jinja2 template, rendered with `msg.payload`. */
    | { kind: 'template'; default: string; required?: boolean; rows?: number }
    /** Names chosen from what a MISP has, or typed freely. */
    | { kind: 'picker'; source: PickerSource; default: readonly string[]; required?: boolean }
    /** MISP's filter of an action: which attributes it works on. */
    | { kind: 'filter'; default: NodeFilter }
    /** A value of the message, the context, the environment, an expression or a text; its type is saved as `<name>Type`. */
    | { kind: 'typed'; default: string; types: readonly ValueType[]; required?: boolean }
    | { kind: 'keyvalue'; default: readonly KeyValue[] }
  );

/** Node-RED's names for where a value comes from; the first of a field is its default. */
export type ValueType = 'str' | 'num' | 'bool' | 'json' | 'msg' | 'flow' | 'global' | 'env' | 'jsonata';

export type NodeFilter = Record<keyof SavedFilters, string>;

export interface KeyValue {
  name: string;
  value: string;
}

/** A parameter that MISP's user fills in at the module, or that a person is asked for. */
export type ParamRow = ParameterRow;

export type Fields = Record<string, Field>;

type ValueOf<F extends Field> = F extends { kind: 'number' }
  ? number
  : F extends { kind: 'checkbox' }
    ? boolean
    : F extends { kind: 'list' | 'picker' }
      ? string[]
      : F extends { kind: 'params' }
        ? ParamRow[]
        : F extends { kind: 'filter' }
          ? NodeFilter
          : F extends { kind: 'keyvalue' }
            ? KeyValue[]
            : F extends { kind: 'select'; options: readonly (infer O)[] }
              ? O
              : string;

/** The values of a node's fields as its behaviour gets them. */
export type Config<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** Settings as they are saved in a flow. */
export type Saved = Record<string, unknown> & { version?: number };

/** How the settings of an older version become those of the next, in the runtime and in the editor. */
export interface Migration {
  /** The version it starts from. */
  from: number;
  rename?: Record<string, string>;
  set?: Record<string, unknown>;
  /** New values for old ones, by field; an old one that is an object as JSON, its names in order. */
  map?: Record<string, Record<string, unknown>>;
  /**
   * The settings that change, with their new values, after all of the above; for what data cannot say, such as a
   * field that becomes two. A pure function, in `<type>.migrations.ts` beside the node, which the editor loads too.
   */
  apply?(settings: Readonly<Saved>): Record<string, unknown>;
  /** Settings that `apply` needs, and that are no fields any more. */
  uses?: readonly string[];
}

/**
 * When a node looks at the event's attributes, as data for the editor's checks: always, or where one of the fields
 * has one of the values. `path` stands for hash paths, also of filters, that lead to attributes (`readsOfPath`).
 */
export type AttributesWhen = true | Readonly<Record<string, readonly string[] | 'path'>>;

export type Family = 'triggers' | 'logic' | 'actions' | 'config';

/** All that the editor, the help and the runtime know of a node type before it runs. */
export interface Description<F extends Fields = Fields> {
  type: string;
  family: Family;
  /** The MISP modules that the node stands for, and how; empty if MISP has none. */
  modules: readonly ModuleMapping[];
  /** Version of the saved settings. */
  version: number;
  migrations?: readonly Migration[];
  inputs: 0 | 1;
  /** Names of the outputs; their labels stand in `locales/`. */
  outputs: readonly string[];
  fields: F;
  /** The select field whose value chooses the node's label in `locales/`, such as `label.in_or`. */
  labelBy?: string;
  /** Editor code of its own: `<type>.editor.ts` beside the node. */
  editorFile?: boolean;
  /** The node has a button in the editor; what it does is in its editor file, as `onbutton`. */
  button?: boolean;
  /** When the node looks at the event's attributes; left out if it never does. */
  attributesWhen?: AttributesWhen;
  /** The node's decision can be tried in its form. */
  trial?: boolean;
  /** Whether the node never changes a message or the world: a run may be repeated behind it. */
  harmless?: boolean;
  /** The node changes data in a MISP. */
  writes?: boolean;
}

/** A text of a node, by its key in `locales/`. */
export type Translate = (key: string, params?: TextParams) => string;
