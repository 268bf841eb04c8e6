import { createHash } from 'node:crypto';
import { kindOf, type AnnouncedModule } from '../kinds';
import type { ModuleState } from '../protocol';

interface Entry {
  module: AnnouncedModule;
  state: ModuleState;
}

/** The modules that the service announces, with the ready text of `GET /modules`. */
export class ModuleList {
  private readonly entries = new Map<string, Entry>();
  private reply = '[]';
  /** Changes with the text. */
  etag = '""';
  private count = 0;
  private upstream: { modules: readonly { name: string }[]; text: string } | undefined;

  get(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  set(module: AnnouncedModule, state: ModuleState): void {
    this.entries.set(module.name, { module, state });
    this.render();
  }

  /** The modules of the misp-modules behind the listener; where one has the name of ours, ours counts. */
  setUpstream(upstream: { modules: readonly { name: string }[]; text: string } | undefined): void {
    this.upstream = upstream;
    this.render();
  }

  /** Whether a text that cannot be read names a module of ours all the same. */
  isNamedIn(text: Buffer): boolean {
    const escaped = text.includes('\\u');
    return escaped || [...this.entries.keys()].some((name) => text.includes(name));
  }

  forget(name: string): void {
    if (this.entries.delete(name)) this.render();
  }

  /** How many modules have a flow, or may get theirs back. */
  get living(): number {
    return this.count;
  }

  /** Names of the modules in a state. */
  names(state: ModuleState): string[] {
    return [...this.entries.values()].flatMap((entry) => (entry.state === state ? [entry.module.name] : []));
  }

  /** The answer to `GET /modules`, made once per change: MISP waits 1 second for it. */
  get text(): string {
    return this.reply;
  }

  private render(): void {
    this.count = [...this.entries.values()].filter((entry) => entry.state !== 'gone').length;
    const own = [...this.entries.values()].filter(({ module }) => module.kind !== 'front');
    const described = own.map(({ module }) => kindOf(module).describe(module));
    const others = this.upstream?.modules.filter(
      ({ name }) => !own.some(({ module }) => module.name === name),
    );
    const isTheirs = own.length === 0 && this.upstream !== undefined;
    this.reply = isTheirs ? this.upstream!.text : JSON.stringify([...described, ...(others ?? [])]);
    this.etag = `"${createHash('sha1').update(this.reply).digest('hex')}"`;
  }
}
