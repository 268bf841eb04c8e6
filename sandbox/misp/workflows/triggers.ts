import { TRIGGERS } from '../../../src/triggers/triggers';
import { TRIGGER_VERSIONS } from '../../../src/misp/versions';
import recorded from '../data/workflow-triggers.json';
import { isSince } from '../version';

/** A trigger as MISP describes it; its workflow, and whether it is on, come with that. */
export type DescribedTrigger = Record<string, unknown> & { id: string; blocking: boolean };

/** Those that came after 2.5.1. */
const SINCE: Record<string, string> = {
  'event-before-delete': '2.5.32',
  'analyst-data-after-save': '2.5.37',
};

/** The triggers of a version of MISP, in its order. */
export function triggersOf(version: string): DescribedTrigger[] {
  const newer = Object.entries(SINCE).filter(([, since]) => isSince(version, since));
  const all: DescribedTrigger[] = [...recorded, ...newer.map(([id]) => describe(id))];
  const gone = (id: string) => {
    const until = TRIGGER_VERSIONS[id]?.until;
    return until !== undefined && !isSince(until, version);
  };
  return all.filter(({ id }) => !gone(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** As recorded with MISP 2.4.204, the twin of 2.5.6. */
const AD_HOC = {
  ...{ name: 'Ad-Hoc', description: 'Ad-Hoc trigger to be called manually', icon: 'hand-pointer' },
  ...{ scope: 'others', blocking: true, misp_core_format: true, is_adhoc: true },
};

/** The description of a trigger; one of its own for those that were not recorded. */
export function describe(id: string): DescribedTrigger {
  const known = recorded.find((row) => row.id === id);
  if (known) return known;
  if (id.startsWith('adhoc_')) return { ...recorded[0], ...AD_HOC, id };
  const { blocking = false, coreFormat = true } = TRIGGERS.find((one) => one.id === id) ?? {};
  const name = id.replace(
    /(^|-)(\w)/g,
    (_, dash: string, letter: string) => `${dash && ' '}${letter.toUpperCase()}`,
  );
  return {
    ...recorded[0],
    id,
    scope: id.split('-')[0],
    name,
    description: name,
    blocking,
    misp_core_format: coreFormat,
  };
}
