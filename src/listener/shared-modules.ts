import { isRecord } from '../event/values';
import type { RecordSet } from '../records/records';
import { isKind, kindOf, type AnnouncedModule } from './kinds';
import type { KnownModules } from './known-modules';

/** More are not taken from others, nor told them. */
const MOST_MODULES = 1000;
/** So many that were removed are remembered: the latest. */
const MOST_REMOVED = 500;
/** What one tells of itself, in characters. */
const MOST_CHARACTERS = 64 * 1024;
/** Longest time that a flow may have, in milliseconds. */
const LONGEST_MS = 60 * 60 * 1000;

const NAME = /^[a-z0-9_]{1,200}$/;

/** What a listener does with modules of others. */
export interface ModuleTaker {
  /** The flows have started: what nobody has announced here has no flow here. */
  isSettled(): boolean;
  /** Whether a flow here has announced it. */
  isLive(name: string): boolean;
  added(module: AnnouncedModule): void;
  removed(name: string): void;
}

/**
 * Keeps the list of a listener in step with those of the same listener in other Node-REDs: what one has announced all of
 * them list, and what was removed in one, all. A module that is not there was not removed: that is a record of its own.
 */
export class SharedModules {
  /** What the others were not told yet. */
  private readonly announced = new Map<string, AnnouncedModule>();
  private readonly removed = new Set<string>();

  constructor(
    private readonly known: KnownModules,
    private readonly taker: ModuleTaker,
  ) {}

  announce(module: AnnouncedModule): void {
    this.removed.delete(module.name);
    this.announced.set(module.name, module);
  }

  remove(name: string): void {
    this.announced.delete(name);
    this.removed.add(name);
  }

  /** Tells the others, and takes what they have told. @throws why the records cannot be read or kept */
  async sync(set: RecordSet): Promise<void> {
    let told: { announced: Map<string, AnnouncedModule>; removed: Set<string> };
    const { modules, removed } = await set.transaction((records) => {
      told = { announced: new Map(this.announced), removed: new Set(this.removed) };
      return merge(records, this.known.all, told.announced, told.removed);
    });
    for (const [name, module] of told!.announced)
      if (this.announced.get(name) === module) this.announced.delete(name);
    for (const name of told!.removed) this.removed.delete(name);
    this.take(modules, removed);
  }

  private take(modules: readonly AnnouncedModule[], removed: ReadonlySet<string>): void {
    const here = new Set(this.known.all.map(({ name }) => name));
    // What is known here is as its flow here has it.
    const added = modules.filter(({ name }) => !here.has(name) && !this.removed.has(name));
    this.known.add(...added);
    for (const module of added) this.taker.added(module);
    if (!this.taker.isSettled()) return;
    const gone = [...removed].filter(
      (name) => here.has(name) && !this.announced.has(name) && !this.taker.isLive(name),
    );
    this.known.remove(...gone);
    for (const name of gone) this.taker.removed(name);
  }
}

/** Brings the records up to date. @returns what they say then */
function merge(
  records: Map<string, string>,
  known: readonly AnnouncedModule[],
  announced: ReadonlyMap<string, AnnouncedModule>,
  removed: ReadonlySet<string>,
): { modules: AnnouncedModule[]; removed: Set<string> } {
  const found = new Map([...records].map(([name, text]) => [name, readingOf(name, text)]));
  const put = (name: string, reading: Reading) => {
    found.set(name, reading);
    records.set(name, JSON.stringify(reading));
  };
  let room = MOST_MODULES - [...found.values()].filter((one) => one?.module).length;
  const announce = (module: AnnouncedModule) => {
    const before = found.get(module.name)?.module;
    if (JSON.stringify(before) === JSON.stringify(module) || (!before && room-- <= 0)) return;
    put(module.name, { module });
  };
  for (const name of removed) if (!found.get(name)?.removed) put(name, { removed: Date.now() });
  for (const module of announced.values()) announce(module);
  for (const module of known) if (!found.get(module.name)) announce(module);
  forgetOldest(records, found);
  const all = [...found];
  return {
    modules: all.flatMap(([, one]) => one?.module ?? []),
    removed: new Set(all.flatMap(([name, one]) => (one?.removed === undefined ? [] : [name]))),
  };
}

function forgetOldest(records: Map<string, string>, found: Map<string, Reading | undefined>): void {
  const removed = [...found].flatMap(([name, one]) =>
    one?.removed === undefined ? [] : [{ name, at: one.removed }],
  );
  removed.sort((a, b) => b.at - a.at);
  for (const { name } of removed.slice(MOST_REMOVED)) {
    records.delete(name);
    found.delete(name);
  }
}

/** A record: a module, or when it was removed, in milliseconds since 1970. */
type Reading = { module: AnnouncedModule; removed?: undefined } | { module?: undefined; removed: number };

/** What a record says; nothing if it is none: anybody may have written it. */
function readingOf(name: string, text: string): Reading | undefined {
  if (!NAME.test(name) || text.length > MOST_CHARACTERS) return undefined;
  try {
    const found: unknown = JSON.parse(text);
    if (!isRecord(found)) return undefined;
    if (typeof found.removed === 'number' && !found.module) return { removed: found.removed };
    const { module } = found;
    return isRecord(module) && isModule(name, module)
      ? { module: module as unknown as AnnouncedModule }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it can be announced: the list is made of it, and MISP reads that. */
function isModule(name: string, module: Readonly<Record<string, unknown>>): boolean {
  const { kind, description, deadlineMs } = module;
  if (module.name !== name || typeof kind !== 'string' || !isKind(kind)) return false;
  if (typeof description !== 'string' || typeof deadlineMs !== 'number') return false;
  if (!(deadlineMs > 0 && deadlineMs <= LONGEST_MS)) return false;
  const announced = module as unknown as AnnouncedModule;
  return JSON.stringify(kindOf(announced).describe(announced)).length < MOST_CHARACTERS;
}
