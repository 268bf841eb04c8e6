import { uptime } from '../clock';
import type { ModuleInfo } from './list';
import type { ModuleService } from './service';

/** Modules come and go with restarts of the service only. */
const KEPT_MS = 60_000;

/** The modules of a service, from memory for a minute; an older list stands in while the service does not tell. */
export class KnownModules {
  private last: { at: number; modules: ModuleInfo[] } | undefined;
  private asking: Promise<ModuleInfo[]> | undefined;

  constructor(
    private readonly service: ModuleService,
    private readonly now: () => number = uptime,
  ) {}

  /** @throws {WorkflowError} if the service does not tell, and never did */
  async list(): Promise<ModuleInfo[]> {
    if (this.last && this.now() - this.last.at < KEPT_MS) return this.last.modules;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<ModuleInfo[]> {
    try {
      this.last = { at: this.now(), modules: await this.service.modules() };
    } catch (error) {
      if (!this.last) throw error;
      this.last.at = this.now();
    }
    return this.last.modules;
  }
}
