import { text, type KeyOf, type Text } from '../text';

/** How bad a note is: a promise of this package does not hold there, or one must know of it. */
export type NoteLevel = 'red' | 'yellow';

/** What a trigger of the MISP that is asked is to be told with. */
export interface VersionNote {
  level: NoteLevel;
  said: Text;
}

/** What some versions of MISP do. Both ends belong to it; without an end it is not known to have one. */
export interface VersionFact {
  from?: string;
  until?: string;
  level: NoteLevel;
  /** The text: it may name the version, the trigger, and the first and the last version. */
  key: KeyOf<'version' | 'trigger' | 'from' | 'until'>;
  /** The triggers that it is about; without them it is about all. */
  triggers?: readonly string[];
}

/** Triggers that not every version has, with the first and the last one that does. */
export const TRIGGER_VERSIONS: Readonly<Record<string, { from?: string; until?: string }>> = {
  'ad-hoc': { from: '2.5.2' },
  'event-before-delete': { from: '2.5.32' },
  'analyst-data-after-save': { from: '2.5.37' },
  'post-after-save': { until: '2.5.49' },
};

/** The newest version of MISP that these facts know of. */
const NEWEST_KNOWN = '2.5.50';

/** Triggers that MISP does not wait for and that carry more than one attribute. */
const RUN_IN_BACKGROUND = [
  'event-after-save-new',
  'event-after-save-new-from-pull',
  'sighting-after-save',
  'event-report-after-save',
  'tag-attached-after-save',
  'object-after-save',
  'shadow-attribute-after-save',
  'analyst-data-after-save',
];

/** What versions of MISP do otherwise: from its release notes and issues, as far as it was not measured. */
export const VERSION_FACTS: readonly VersionFact[] = [
  {
    ...{ from: '2.5.24', until: '2.5.38', level: 'red' },
    ...{ key: 'version.publishesAnyway', triggers: ['event-publish'] },
  },
  { until: '2.5.42', level: 'yellow', key: 'version.losesBigEvents', triggers: RUN_IN_BACKGROUND },
  { until: '2.5.23', level: 'yellow', key: 'version.eventTags', triggers: ['tag-attached-after-save'] },
  { from: '2.5.2', level: 'yellow', key: 'version.adHoc', triggers: ['ad-hoc'] },
  { from: after(NEWEST_KNOWN), level: 'yellow', key: 'version.newer' },
];

/** What is to be known of a trigger in a MISP of this version; nothing if what it says is no version. */
export function versionNotes(version: string, trigger: string): VersionNote[] {
  if (!isVersion(version)) return [];
  const facts = VERSION_FACTS.filter(
    (fact) => (fact.triggers?.includes(trigger) ?? true) && isWithin(version, fact),
  );
  const notes = facts.map(({ level, key, from = '', until = '' }) => ({
    level,
    said: text(key, { version, trigger, from, until }),
  }));
  const lacks = lacking(version, trigger);
  return lacks ? [lacks, ...notes] : notes;
}

/** That this version does not have the trigger, so that it never fires. */
function lacking(version: string, trigger: string): VersionNote | undefined {
  const span = Object.hasOwn(TRIGGER_VERSIONS, trigger) ? TRIGGER_VERSIONS[trigger] : undefined;
  if (!span || isWithin(version, span)) return undefined;
  const { from = '', until = '' } = span;
  const said = isBefore(version, from)
    ? text('version.triggerSince', { version, trigger, from })
    : text('version.triggerUntil', { version, trigger, until });
  return { level: 'red', said };
}

/** Whether a MISP of this version is at least as new; not if what it says is no version. */
export function isAtLeast(version: string, first: string): boolean {
  return isVersion(version) && !isBefore(version, first);
}

function isWithin(version: string, { from, until }: { from?: string; until?: string }): boolean {
  return (!from || !isBefore(version, from)) && (!until || !isBefore(until, version));
}

const isVersion = (version: string): boolean => /^\d+\.\d/.test(version);

function isBefore(version: string, other: string): boolean {
  return twinOf(version).localeCompare(other, 'en', { numeric: true }) < 0;
}

/** Until 2025 each release of 2.5 had a twin for older systems: 2.4.208 is 2.5.10. */
function twinOf(version: string): string {
  const [, number] = /^2\.4\.(\d+)$/.exec(version) ?? [];
  const twin = Number(number) - 198;
  return twin >= 0 ? `2.5.${String(twin)}` : version;
}

/** The version after one, as what is not known begins there. */
function after(version: string): string {
  return version.replace(/\d+$/, (last) => String(Number(last) + 1));
}
