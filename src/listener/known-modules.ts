import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AnnouncedModule } from './protocol';

/**
 * The modules that a listener has ever announced and that nobody has removed, kept in a file. MISP goes on
 * when a module of its workflow is missing from `GET /modules`, so a module whose flow is gone, or has not
 * started yet, must stay in the list, also after a restart.
 */
export class KnownModules {
  private readonly modules = new Map<string, AnnouncedModule>();

  /** @param file where they are kept; without one they are forgotten when the process ends */
  constructor(private readonly file: string | undefined) {
    for (const module of this.read()) this.modules.set(module.name, module);
  }

  get all(): AnnouncedModule[] {
    return [...this.modules.values()];
  }

  add(module: AnnouncedModule): void {
    if (JSON.stringify(this.modules.get(module.name)) === JSON.stringify(module)) return;
    this.modules.set(module.name, module);
    this.write();
  }

  remove(name: string): void {
    if (this.modules.delete(name)) this.write();
  }

  /** The listener was deleted. */
  clear(): void {
    this.modules.clear();
    if (this.file) rmSync(this.file, { force: true });
  }

  /** What cannot be read is taken for nothing: the flows announce their modules anew. */
  private read(): AnnouncedModule[] {
    if (!this.file) return [];
    try {
      const list = JSON.parse(readFileSync(this.file, 'utf8')) as AnnouncedModule[];
      return list.filter((module) => /^[a-z0-9_]+$/.test(module.name));
    } catch {
      return [];
    }
  }

  /** @throws when the file cannot be written */
  private write(): void {
    if (!this.file) return;
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify(this.all, null, 2));
  }
}
