import { words, type Said } from '../../text';
import { blockText, type Verdict } from '../../runs/verdict';
import type { Module, Reply } from './kind';

/** A field that MISP shows its user before a module is asked. */
export interface UserField {
  name: string;
  type: 'text' | 'number' | 'checkbox' | 'choice';
  /** What MISP writes beside it. */
  message: string;
  /** Of a choice. */
  options: string[];
}

/** A module of MISP's other services, drawn as a flow. */
export interface DrawnModule extends Module {
  format: 'misp_standard' | 'plain';
  /** Types of attributes, or names of objects, that it is offered for. */
  input: string[];
  /** Names of its settings in MISP. */
  settings: string[];
  userFields: UserField[];
}

/** A query as a flow gets it: nothing of the user is in it. */
export interface ModuleRequest {
  module: string;
  eventId?: string;
  attributeUuid?: string;
  /** A hover that was clicked. */
  persistent: boolean;
  /** What MISP's user filled in. */
  params: Record<string, unknown>;
  /** What MISP's administrator has set, of a module that has settings: no part of any message. */
  settings?: ReadonlyMap<string, string>;
  value?: string;
  /** The value's type, or the object's name. */
  type?: string;
  attribute?: Record<string, unknown>;
  object?: Record<string, unknown>;
  file?: Buffer;
  filename?: string;
  events?: unknown[];
}

/** An error in the one shape at which no caller in MISP stumbles: some look for `results` before they look for it. */
export function failed(problem: Said): Reply {
  return { body: JSON.stringify({ error: blockText(words(problem)), results: [] }), blocks: true };
}

/** What a flow found. One that only allows found nothing. */
export function resultReply({ outcome, reason, result }: Verdict): Reply {
  if (outcome === 'block') return failed(reason ?? '');
  return { body: JSON.stringify(result ?? { results: [] }), blocks: false };
}

/** What all of them tell MISP in `GET /modules`. */
export function describeDrawn(module: DrawnModule, types: string[], attributes: object, meta = {}): object {
  const { name, description, format, settings } = module;
  return {
    name,
    type: types[0],
    mispattributes: { ...(format === 'misp_standard' ? { format } : {}), ...attributes },
    meta: {
      version: '1.0',
      author: 'Node-RED',
      description,
      'module-type': types,
      name,
      icon: 'project-diagram',
      icon_class: 'fas',
      config: settings,
      ...meta,
    },
  };
}

const USER_FIELDS = { text: 'String', number: 'Integer', checkbox: 'Boolean', choice: 'Select' } as const;

/** MISP asks for a text that is not marked as optional. */
export function userConfigOf({ userFields }: DrawnModule): object {
  return Object.fromEntries(
    userFields.map(({ name, type, message, options }) => [
      name,
      {
        type: USER_FIELDS[type],
        message,
        ...(type === 'choice' ? { options } : {}),
        ...(type === 'text' ? { validation: '0' } : {}),
      },
    ]),
  );
}

/** What kinds of drawn modules have in common: a flow that does not answer is an error. */
export const drawn = {
  defaultDeadlineMs: () => 8000,
  goesOnAtOnce: () => false,
  stallsMisp: () => false,
  quota: 'modules',
  reply: resultReply,
  refuse: failed,
  byPolicy: (_module: Module, problem: string) => failed(problem),
} as const;
