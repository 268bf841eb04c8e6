import type { NodeAPI } from 'node-red';
import { checkPath } from '../../src/event/check-path';
import { extract } from '../../src/event/hash';
import { suggestPaths } from '../../src/event/suggest-paths';
import { isEntries, valuesOf } from '../../src/event/values';
import { compileTemplate } from '../../src/notify/template/template';
import { namesFor } from '../template-names';
import { sampleFor, type Sample } from '../last-message';

/** What the hash-path field sends. */
interface PathForm {
  path: string;
  /** The path is one inside the items that this selector finds. */
  selector?: string;
  triggers: string[];
}

type Seen = Partial<Pick<Sample, 'trigger'>> & { source?: Sample['kind'] };

/** What the field shows. */
export type PathAnswer =
  { problem: string; next: string[] } | (Seen & { count: number; values: string[]; next: string[] });
export type TemplateAnswer = { problem: string } | (Seen & { rendered?: string });

/** Found values are shown up to this number and length. */
const MOST_VALUES = 5;
const MOST_CHARACTERS = 60;
const MOST_RENDERED = 4000;

/** The routes behind the fields for hash paths and templates: what they yield on the trigger's last message. */
export function servePreviews(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('misp.read');
  RED.httpAdmin.post('/misp-workflows/try/path', mayRead, (request, response) => {
    const { path, selector, triggers } = request.body as Partial<PathForm>;
    const form = { path: textOf(path), selector: textOf(selector), triggers: idsOf(triggers) };
    response.json(guarded(() => tryPath(RED, form)));
  });
  RED.httpAdmin.post('/misp-workflows/try/template', mayRead, (request, response) => {
    const { template, triggers } = request.body as { template?: string; triggers?: string[] };
    response.json(guarded(() => tryTemplate(RED, textOf(template), idsOf(triggers))));
  });
}

function guarded<T>(work: () => T): T | { problem: string } {
  try {
    return work();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function tryPath(RED: NodeAPI, { path, selector, triggers }: PathForm): PathAnswer {
  const problem = checkPath(path);
  const sample = sampleFor(RED, triggers);
  const items = sample && itemsOf(sample.message.payload, selector);
  // A path that is being written may not be readable yet; what it could become is offered all the same.
  const next = items ? suggestPaths(items[0], path) : [];
  if (problem) return { problem: problem.message, next };
  if (!sample || !items) return { count: 0, values: [], next };
  const found = items.flatMap((item) => (isEntries(item) ? valuesOf(extract(item, path)) : []));
  const values = found.slice(0, MOST_VALUES).map(shortened);
  return { source: sample.kind, trigger: sample.trigger, count: found.length, values, next };
}

/** The whole data, or the items that a selector finds there. */
function itemsOf(data: unknown, selector: string | undefined): readonly unknown[] {
  return selector ? valuesOf(extract(data, selector)) : [data];
}

function tryTemplate(RED: NodeAPI, source: string, triggers: string[]): TemplateAnswer {
  const template = compileTemplate(source);
  const sample = sampleFor(RED, triggers);
  if (!sample) return {};
  const rendered = template
    .render(sample.message.payload, namesFor(RED, sample.message))
    .slice(0, MOST_RENDERED);
  return { source: sample.kind, trigger: sample.trigger, rendered };
}

function textOf(sent: unknown): string {
  return typeof sent === 'string' ? sent : '';
}

function idsOf(sent: unknown): string[] {
  return Array.isArray(sent) ? sent.map(String) : [];
}

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
