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
  private count = 0;

  get(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  set(module: AnnouncedModule, state: ModuleState): void {
    this.entries.set(module.name, { module, state });
    this.render();
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
    this.reply = JSON.stringify(
      [...this.entries.values()].map(({ module }) => kindOf(module).describe(module)),
    );
  }
}
