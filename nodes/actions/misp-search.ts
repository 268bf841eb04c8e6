import { asEvents, LARGEST_PAGE, pageSizeFor, restSearch, SEARCHED } from '../../src/misp/rest-search';
import { conditionsOf, valuesUsed, type SearchValue } from '../../src/misp/search-conditions';
import { withPayload, type Message } from '../../src/runs/message';
import { WorkflowError } from '../../src/text';
import { defineReading } from './parts/define-reading';
import { sendSequence } from './parts/sequence';

const CONTENT = { search: ['events', 'attributes', 'objects'] };
const FLAG = { kind: 'select', default: 'any', options: ['any', 'yes', 'no'] } as const;
const VALUE = {
  kind: 'typed',
  default: '',
  types: ['str', 'msg', 'flow', 'global', 'env', 'jsonata', 'json'],
} as const;

export default defineReading(
  {
    type: 'misp-search',
    modules: [],
    version: 1,
    labelBy: 'search',
    outputs: ['results'],
    fields: {
      search: { kind: 'select', default: 'attributes', options: SEARCHED },
      value: { ...VALUE, when: CONTENT },
      types: { kind: 'list', default: [], when: CONTENT },
      categories: { kind: 'list', default: [], when: CONTENT },
      tags: { kind: 'picker', source: 'tags', default: [], when: CONTENT },
      tagsAll: { kind: 'picker', source: 'tags', default: [], when: CONTENT },
      tagsNone: { kind: 'picker', source: 'tags', default: [], when: CONTENT },
      organisations: { kind: 'picker', source: 'organisations', default: [], when: CONTENT },
      eventid: { ...VALUE, when: CONTENT },
      uuid: { ...VALUE, when: CONTENT },
      sightedIn: {
        kind: 'select',
        default: 'anywhere',
        options: ['anywhere', 'event', 'attribute'],
        when: { search: 'sightings' },
      },
      sighted: { ...VALUE, when: { search: 'sightings', sightedIn: ['event', 'attribute'] } },
      sightingType: {
        kind: 'select',
        default: 'any',
        options: ['any', '0', '1', '2'],
        when: { search: 'sightings' },
      },
      timestamp: { ...VALUE, when: CONTENT },
      last: VALUE,
      from: VALUE,
      to: VALUE,
      published: { ...FLAG, when: CONTENT },
      to_ids: { ...FLAG, when: { search: ['events', 'attributes'] } },
      enforceWarninglist: { kind: 'checkbox', default: false, when: { search: ['events', 'attributes'] } },
      metadata: { kind: 'checkbox', default: false, when: { search: ['events', 'objects'] } },
      other: { kind: 'typed', default: '{}', types: ['json', 'msg', 'flow', 'global', 'jsonata'] },
      limit: { kind: 'number', default: 1000, min: 0, max: 100_000_000 },
      deliver: { kind: 'select', default: 'all', options: ['all', 'pages', 'each'], describe: true },
      asEvents: { kind: 'checkbox', default: false, when: { search: 'attributes' } },
      pageSize: { kind: 'number', default: 0, min: 0, max: LARGEST_PAGE, advanced: true },
    },
  },
  (context, { client, signal }) => {
    const { RED, config, node } = context;
    const grouped = config.search === 'attributes' && config.asEvents;
    const shape = (results: unknown[]) => (grouped ? asEvents(results) : results);

    return (message) => (config.deliver === 'all' ? one(message) : stream(message));

    async function one(message: Message): Promise<Message[]> {
      const results: unknown[] = [];
      for await (const page of await pagesFor(message)) for (const result of page) results.push(result);
      show(results.length);
      return [withPayload(message, shape(results))];
    }

    async function stream(message: Message): Promise<undefined> {
      const pages = counted(await pagesFor(message));
      const id = RED.util.generateId();
      const isList = config.deliver === 'pages';
      const payloads = isList ? listsOf(pages) : itemsOf(pages);
      await sendSequence(
        withPayload({ ...message }, undefined),
        payloads,
        { id, len: isList ? 2 : 1 },
        (part) => {
          if (signal.aborted) return false;
          node.send(part);
          return true;
        },
      );
      return undefined;
    }

    async function pagesFor(message: Message): Promise<AsyncGenerator<unknown[]>> {
      const values: Partial<Record<SearchValue, unknown>> = {};
      for (const field of valuesUsed(config)) {
        if (config[field] === '' && typeOf(field) === 'str') continue;
        values[field] = notEmpty(field, await context.evaluate(field, message));
      }
      const conditions = conditionsOf(config, values, await context.evaluate('other', message));
      const pageSize = pageSizeFor(config.search, conditions, Number(config.pageSize));
      const options = { limit: Number(config.limit), pageSize, signal };
      return restSearch(client, config.search, conditions, options);
    }

    /** A condition that the message does not fill would find everything there is. */
    function notEmpty(field: SearchValue, value: unknown): unknown {
      const isEmpty = value === undefined || value === null || value === '';
      if (!isEmpty && !(Array.isArray(value) && value.length === 0)) return value;
      throw new WorkflowError('search.emptyValue', { field: context.text(`fields.${field}.label`) });
    }

    /** Where the value of a field comes from: Node-RED's name for it. */
    function typeOf(field: SearchValue): unknown {
      return (config as Record<string, unknown>)[`${field}Type`];
    }

    /** Shows how many there are while they come. */
    async function* counted(pages: AsyncIterable<unknown[]>): AsyncGenerator<unknown[]> {
      let count = 0;
      for await (const page of pages) {
        count += page.length;
        context.status('reading', 'blue', 'dot', { count: String(count) });
        yield shape(page);
      }
      show(count);
    }

    function show(count: number): void {
      context.status('found', count > 0 ? 'green' : 'grey', 'dot', { count: String(count) });
    }
  },
);

/** A list for each page; one that is empty if nothing was found. */
async function* listsOf(pages: AsyncIterable<unknown[]>): AsyncGenerator<unknown[]> {
  let any = false;
  for await (const page of pages) {
    any = true;
    yield page;
  }
  if (!any) yield [];
}

async function* itemsOf(pages: AsyncIterable<unknown[]>): AsyncGenerator<unknown> {
  for await (const page of pages) yield* page;
}
