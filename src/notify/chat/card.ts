import { get } from '../../event/hash';
import { isEntries, isList, isRecord, textOf } from '../../event/values';
import { text, words, WorkflowError } from '../../text';

/** What an analyst wants to see of an event, in no service's form yet. */
export interface Card {
  title: string;
  /** The event in MISP. */
  link?: string;
  tlp?: Tlp;
  facts: { label: string; value: string }[];
  /** Names of the other tags. */
  tags: string[];
}

export interface Tlp {
  /** As `TLP:AMBER+STRICT`. */
  name: string;
  /** As FIRST gives it for TLP 2.0: `#FFC000`. */
  colour: string;
}

type Fact = 'organisation' | 'threatLevel' | 'analysis' | 'attributes' | 'objects' | 'date' | 'event';

const MOST_TAGS = 15;
const LEVELS = ['high', 'medium', 'low', 'undefined'] as const;
const ANALYSIS = ['initial', 'ongoing', 'completed'] as const;

/** The strictest first: https://www.first.org/tlp/ */
const TLP: readonly [RegExp, Tlp][] = [
  [/^tlp:red$/i, { name: 'TLP:RED', colour: '#FF2B2B' }],
  [/^tlp:amber\+strict$/i, { name: 'TLP:AMBER+STRICT', colour: '#FFC000' }],
  [/^tlp:(?:amber|ex:chr)$/i, { name: 'TLP:AMBER', colour: '#FFC000' }],
  [/^tlp:green$/i, { name: 'TLP:GREEN', colour: '#33FF00' }],
  [/^tlp:(?:clear|white)$/i, { name: 'TLP:CLEAR', colour: '#FFFFFF' }],
];

/**
 * The card of an event.
 * @param mispUrl where people see the event; without it there is no link
 * @throws {WorkflowError} if the data holds no event
 */
export function eventCard(data: unknown, mispUrl: string): Card {
  const event = isEntries(data) ? get(data, 'Event') : undefined;
  if (!isRecord(event)) throw new WorkflowError('chat.noEvent');
  const names = tagNames(event);
  const key = textOf(event.id) || textOf(event.uuid);
  const base = mispUrl.trim().replace(/\/+$/, '');
  const tlp = TLP.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  return {
    title: textOf(event.info) || words(text('card.untitled', { id: key || '?' })),
    ...(base && key ? { link: `${base}/events/view/${encodeURIComponent(key)}` } : {}),
    ...(tlp ? { tlp } : {}),
    facts: factsOf(event),
    tags: names.filter((name) => !/^tlp:/i.test(name)).slice(0, MOST_TAGS),
  };
}

function factsOf(event: Readonly<Record<string, unknown>>): Card['facts'] {
  const level = LEVELS[Number(event.threat_level_id) - 1];
  const analysis = ANALYSIS[Number(event.analysis)];
  const attributes =
    isList(event._AttributeFlattened) && event._AttributeFlattened.length > 0
      ? String(event._AttributeFlattened.length)
      : textOf(event.attribute_count);
  const facts: [Fact, string][] = [
    ['organisation', isRecord(event.Orgc) ? textOf(event.Orgc.name) : ''],
    ['threatLevel', level ? words(text(`card.levels.${level}`)) : ''],
    ['analysis', analysis ? words(text(`card.analyses.${analysis}`)) : ''],
    ['attributes', attributes],
    ['objects', isList(event.Object) ? String(event.Object.length) : ''],
    ['date', textOf(event.date)],
    ['event', textOf(event.id)],
  ];
  return facts.flatMap(([key, value]) =>
    value === '' ? [] : [{ label: words(text(`card.${key}`)), value }],
  );
}

function tagNames(event: Readonly<Record<string, unknown>>): string[] {
  if (!isList(event.Tag)) return [];
  return event.Tag.flatMap((tag) => (isRecord(tag) && typeof tag.name === 'string' ? [tag.name] : []));
}
