import { extract, get } from '../../../src/event/hash';
import { isEntries, isRecord, textOf, valuesOf } from '../../../src/event/values';
import { accountsOf, readings } from '../areas/notify';
import { renderDotted } from '../areas/filters';
import { questionOf } from '../misp/question';
import type { Json, JsonObject, Vector } from '../vectors';
import type { Rule } from './rule';

type Params = Record<string, Json | undefined>;
interface Sent {
  result: boolean;
  sent: JsonObject[];
}

/** What MISP sends, in the terms in which it is compared. */
function mispSent(vector: Vector): Sent {
  return readings[vector.area]?.(vector.expected, vector) as Sent;
}

const paramsOf = ({ input }: Vector) => questionOf(input).params as Params;
const throws = ({ expected }: Vector) => isRecord(expected) && expected.throws === true;

export const rules: Rule[] = [
  {
    name: 'A mail to nobody is an error',
    areas: ['action-mail'],
    why: 'MISP says that it has sent the mail when it knows none of the recipients.',
    applies: (vector) => mispSent(vector).result && mispSent(vector).sent.length === 0,
    expected: () => ({ result: false, sent: [] }),
  },
  {
    name: 'Org admins get any mail',
    areas: ['action-mail'],
    why: 'MISP knows the group in mails about log entries only.',
    applies: (vector) => questionOf(vector.input).module === 'send-mail' && orgAdmins(vector).length > 0,
    expected(vector) {
      const { sent } = mispSent(vector);
      const [{ subject, body }] = sent;
      const all = new Set([...orgAdmins(vector), ...sent.map(({ to }) => textOf(to))]);
      const ordered = accountsOf(vector).filter(({ email }) => all.has(email));
      return { result: true, sent: ordered.map(({ email }) => ({ to: email, subject, body })) };
    },
  },
  {
    name: 'An empty object stays one',
    areas: ['action-webhook'],
    why: 'PHP has one array type: MISP sends {} as [].',
    applies: (vector) =>
      !throws(vector) && mispSent(vector).sent.length > 0 && holdsEmptyObject(payloadOf(vector)),
    expected(vector) {
      const { result, sent } = mispSent(vector);
      return {
        result,
        sent: sent.map((request) => ({ ...request, body: JSON.stringify(payloadOf(vector)) })),
      };
    },
  },
  {
    name: 'No setting of MISP forbids webhooks',
    areas: ['action-webhook'],
    why: "MISP refuses while Security.rest_client_enable_arbitrary_urls is off. Here a flow is its author's affair.",
    applies: ({ input }) =>
      get(input, 'env.config') !== null && textOf(paramsOf({ input } as Vector).url) !== '',
    expected({ input }) {
      const { url, request_method: method = 'post' } = paramsOf({ input } as Vector);
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      return { result: true, sent: [{ method, url, headers, body: JSON.stringify(input.data) }] };
    },
  },
  {
    name: 'A bot token that begins with "bot"',
    areas: ['action-telegram'],
    why: 'MISP\'s own example has the "bot" of the address in the token, which makes it botbot.',
    applies: (vector) => !throws(vector) && /^bot/.test(textOf(paramsOf(vector).bot_token)),
    expected(vector) {
      const { result, sent } = mispSent(vector);
      const urlOf = ({ url }: JsonObject) => textOf(url).replace('/botbot', '/bot');
      return { result, sent: sent.map((request) => ({ ...request, url: urlOf(request) })) };
    },
  },
  {
    name: 'The data path of Teams',
    areas: ['action-ms-teams'],
    why: 'MISP ignores it, and sends everything.',
    applies: (vector) => textOf(paramsOf(vector).data_extraction_path) !== '',
    expected(vector) {
      const { result, sent } = mispSent(vector);
      const text = JSON.stringify(extract(vector.input.data, paramsOf(vector).data_extraction_path));
      const body = new URLSearchParams({ text }).toString();
      return { result, sent: sent.map((request) => ({ ...request, body })) };
    },
  },
  {
    name: 'Splunk gets its events',
    areas: ['action-splunk'],
    why: "MISP's module fails before it sends anything, whatever its settings.",
    applies: (vector) => isModel(paramsOf(vector).data_extraction_model),
    expected: (vector) => ({ result: true, sent: [splunkEvent(vector)] }),
  },
  {
    name: 'Attributes of objects go to Splunk',
    areas: ['splunk-payload'],
    why: 'MISP makes an event of each attribute of the event, but leaves out those of its objects.',
    applies: (vector) =>
      textOf(paramsOf(vector).event_per_attribute) === '1' &&
      flattened(vector).length > attributes(vector).length,
    expected(vector) {
      const { result, sent } = mispSent(vector);
      const [example] = sent;
      const events = flattened(vector).map((attribute) =>
        modelled(vector, { ...(vector.input.data as JsonObject), Attribute: attribute }),
      );
      const meta = example.body as JsonObject;
      return { result, sent: events.map((event) => ({ ...example, body: { ...meta, event } })) };
    },
  },
];

/** Admins of the organisation that a mail is about, if the mail is for them. */
function orgAdmins(vector: Vector): string[] {
  const { recipients } = paramsOf(vector);
  if (!Array.isArray(recipients) || !recipients.includes('Org admins')) return [];
  const { data } = questionOf(vector.input);
  const accounts = accountsOf(vector);
  const user = accounts.find(({ id }) => id === textOf(get(data, 'Log.user_id')));
  const organisation = user ? user.organisation.id : textOf(get(data, 'Event.orgc_id'));
  const admins = accounts.filter(({ orgAdmin, organisation: { id } }) => orgAdmin && id === organisation);
  return mispSent(vector).result ? admins.map(({ email }) => email) : [];
}

/** The payload that is sent as JSON; nothing if there is none. */
function payloadOf(vector: Vector): unknown {
  const { payload, content_type: type = 'json', request_method: method = 'post' } = paramsOf(vector);
  if (type !== 'json' || method === 'get' || textOf(payload) === '') return undefined;
  return JSON.parse(renderDotted(textOf(payload), vector.input.data)) as unknown;
}

function holdsEmptyObject(value: unknown): boolean {
  if (!isEntries(value)) return false;
  const entries = valuesOf(value);
  return entries.length === 0 ? isRecord(value) : entries.some(holdsEmptyObject);
}

function isModel(model: Json | undefined): boolean {
  return textOf(model) === '' || isRecord(JSON.parse(textOf(model)));
}

/** The one event of Splunk that the data makes. */
function splunkEvent(vector: Vector): JsonObject {
  const { url = '', hec_token: token, source_type: sourcetype } = paramsOf(vector);
  const event = modelled(vector, vector.input.data as JsonObject);
  const body = { event, ...(sourcetype ? { sourcetype } : {}) };
  return { url, body, headers: { Authorization: `Splunk ${textOf(token)}` } };
}

/** What the extraction model finds; one thing alone, or a list. */
function modelled(vector: Vector, data: JsonObject): Json {
  const model = textOf(paramsOf(vector).data_extraction_model);
  if (model === '') return data;
  const found = Object.entries(JSON.parse(model) as Record<string, string>).map(
    ([name, path]): [string, Json] => {
      const values = valuesOf(extract(data, path)) as Json[];
      return [name, values.length === 1 ? values[0] : values];
    },
  );
  return Object.fromEntries(found);
}

function flattened({ input }: Vector): Json[] {
  return (get(input.data, 'Event._AttributeFlattened') ?? []) as Json[];
}

function attributes({ input }: Vector): Json[] {
  return (get(input.data, 'Event.Attribute') ?? []) as Json[];
}
