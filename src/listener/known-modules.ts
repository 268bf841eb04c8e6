import { readFileSync, rmSync } from 'node:fs';
import { isKind, type AnnouncedModule } from './kinds';
import { saveFile } from '../saved-file';

/**
 * The modules that a listener has ever announced and that nobody has removed, kept in a file. MISP goes on
 * when a module of its workflow is missing from `GET /modules`, so a module whose flow is gone, or has not
 * started yet, must stay in the list, also after a restart.
 */
export class KnownModules {
  private readonly modules = new Map<string, AnnouncedModule>();

  /**
   * @param file where they are kept; without one they are forgotten when the process ends
   * @param warn told when the file cannot be written: the triggers work all the same
   */
  constructor(
    private readonly file: string | undefined,
    private readonly warn: (error: Error) => void,
  ) {
    for (const module of this.read()) this.modules.set(module.name, module);
  }

  get all(): AnnouncedModule[] {
    return [...this.modules.values()];
  }

  add(...modules: readonly AnnouncedModule[]): void {
    const isKnown = (module: AnnouncedModule) =>
      JSON.stringify(this.modules.get(module.name)) === JSON.stringify(module);
    if (modules.every(isKnown)) return;
    for (const module of modules) this.modules.set(module.name, module);
    this.write();
  }

  remove(...names: readonly string[]): void {
    const known = names.filter((name) => this.modules.delete(name));
    if (known.length > 0) this.write();
  }

  /** The listener was deleted. */
  clear(): void {
    this.modules.clear();
    this.attempt((file) => rmSync(file, { force: true }));
  }

  /** What cannot be read is taken for nothing: the flows announce their modules anew. */
  private read(): AnnouncedModule[] {
    if (!this.file) return [];
    try {
      const list = JSON.parse(readFileSync(this.file, 'utf8')) as Partial<AnnouncedModule>[];
      // Before there were kinds, all were actions.
      const modules = list.map((module) => ({ kind: 'action', ...module }) as AnnouncedModule);
      return modules.filter(({ name, kind }) => /^[a-z0-9_]+$/.test(name) && isKind(kind));
    } catch {
      return [];
    }
  }

  private write(): void {
    this.attempt((file) => saveFile(file, JSON.stringify(this.all, null, 2)));
  }

  private attempt(work: (file: string) => void): void {
    try {
      if (this.file) work(this.file);
    } catch (error) {
      this.warn(error as Error);
    }
  }
}
