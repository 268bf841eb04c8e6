import { isRecord } from '../../../src/event/values';
import type { Block } from '../../../src/workflow';
import type { ActionService } from '../service/action-service';
import type { ActionModule } from '../service/modules';
import type { StandIn } from '../stand-in';
import { isSince } from '../version';
import { DebugEndpoint, type ExecutedAs } from './debug';
import { graphOf, triggerBlock } from './graph';
import { askModule } from './modules/ask-module';
import { ACTIONS, blocks, LOGIC } from './modules';
import type { Roaming, Verdict } from './modules/module';
import { isOwnModule } from './newer-modules';
import type { Outcome } from './outcome';
import type { WorkflowRow } from './store';
import { walkGraph, type Executed, type Runner } from './walk';

/** One walk through a workflow's graph. */
export class WorkflowWalk implements Runner {
  /** Titles of rows for MISP's log. */
  readonly log: string[] = [];
  /** Lines of `error.log`. */
  readonly errors: string[] = [];
  private readonly roaming: Roaming;
  private readonly debug: DebugEndpoint;
  private readonly nodeErrors: string[] = [];
  private readonly outcome: Partial<Outcome> = {};
  private list: ActionModule[] = [];
  private failure: string | undefined;

  constructor(
    private readonly misp: StandIn,
    private readonly row: WorkflowRow,
    private readonly service: ActionService,
    data: unknown,
  ) {
    const { misp_core_format } = triggerBlock(row.data)?.data ?? {};
    this.roaming = { misp, data, isCoreFormat: misp_core_format === true };
    this.debug = new DebugEndpoint(row, misp.settings.text('Plugin.Workflow_debug_url'), this.log);
  }

  /** @throws MispCrash where MISP's own code breaks */
  async run(blocking: boolean, start?: string): Promise<Partial<Outcome>> {
    ({ list: this.list, failure: this.failure } = await this.service.modules());
    await this.debug.start(blocking, this.roaming.data);
    const pathType = blocking ? 'blocking' : 'non-blocking';
    const walked = await walkGraph(graphOf(this.row.data), pathType, this, start);
    const stopped = walked.outcome !== 'success';
    const nodeError = this.nodeErrors.join(', ');
    if (nodeError !== '') {
      const title = stopped ? 'Execution stopped. ' : 'Execution encountered an error but continued. ';
      this.log.push(`${title}\n${nodeError}`);
      Object.assign(this.outcome, { nodeError });
    }
    await this.debug.end(walked);
    return { ...this.outcome, blocked: blocking && stopped, log: this.log, errors: this.errors };
  }

  /** A logic block that cannot be asked says no. */
  decide(block: Block): boolean {
    const { module, id } = block;
    const isOwn = isOwnModule(module, this.misp.version);
    if (!isOwn || !this.isEnabled(module)) {
      this.log.push(isOwn ? disabled(module) : notLoaded(module));
      this.debug.executed(block, isOwn ? 'disabled_module' : 'error', this.roaming.data);
      return false;
    }
    let decision = false;
    let error: string | undefined;
    try {
      decision = !Object.hasOwn(LOGIC, module) || LOGIC[module](block.params, this.roaming);
    } catch (problem) {
      error = (problem as Error).message;
      this.nodeErrors.push(this.describe(module, id, error));
    }
    this.debug.executed(block, error === undefined ? 'success' : 'partial-success', this.roaming.data, error);
    return decision;
  }

  async execute(block: Block): Promise<Executed> {
    const { module, id } = block;
    const blocking = this.list.find((entry) => entry.id === module)?.blocking ?? blocks(module);
    const verdict = await this.verdictOf(block);
    if (verdict.error !== undefined) {
      this.outcome.reason = verdict.error;
      this.nodeErrors.push(this.describe(module, id, verdict.error));
    }
    const as = verdict.as ?? (verdict.error === undefined ? 'success' : 'partial-success');
    this.debug.executed(block, as, this.roaming.data, verdict.error);
    return { ok: verdict.ok, blocking };
  }

  /** What stands behind a concurrent task runs in the background, by itself. */
  handOff({ module }: Block, to: string): void {
    if (!this.isEnabled(module)) {
      this.log.push(disabled(module));
      return;
    }
    const walk = new WorkflowWalk(this.misp, this.row, this.service, structuredClone(this.roaming.data));
    void this.misp.worker
      .run(() => walk.run(false, to))
      .then(({ log = [], errors = [] }) => this.misp.note(this.row, log, errors))
      .catch(() => undefined);
  }

  private async verdictOf(block: Block): Promise<Verdict & { as?: ExecutedAs }> {
    const { module } = block;
    const served = this.list.find((entry) => entry.id === module);
    if (!served && !isOwnModule(module, this.misp.version)) {
      const error = notLoaded(module);
      this.log.push(error);
      this.outcome.failedOpen = this.failure ?? 'the service does not list the module';
      return { ok: false, error, as: 'error' };
    }
    if (!this.isEnabled(module)) {
      this.log.push(disabled(module));
      return { ok: false, error: disabled(module), as: 'disabled_module' };
    }
    if (!served) {
      const action = Object.hasOwn(ACTIONS, module) ? ACTIONS[module] : undefined;
      // The others are taken to do what they should.
      return action ? action(block, this.roaming) : { ok: true };
    }
    const answer = await askModule(this.service, served, block, this.roaming.data);
    if (answer.handed) this.keepResult(answer.handed);
    if (answer.failure === undefined) return answer;
    this.outcome.failedOpen = answer.failure;
    this.errors.push(`Failed to query module Action: ${answer.failure}`);
    return { ok: true };
  }

  /** What a module hands back stands in the data, for what comes behind it. */
  private keepResult({ key, data: result }: { key: string; data: unknown }): void {
    const { data } = this.roaming;
    if (!isSince(this.misp.version, '2.5.37') || !isRecord(data)) return;
    const env = isRecord(data._env) ? data._env : {};
    const results = isRecord(env.misp_module_results) ? env.misp_module_results : {};
    const misp_module_results = { ...results, [key]: result };
    this.roaming.data = { ...data, _env: { ...env, misp_module_results } };
  }

  private isEnabled(module: string): boolean {
    return this.misp.workflowStore.enabled.has(module);
  }

  /** In MISP's words. */
  private describe(module: string, node: string, error: string): string {
    const workflow = `Workflow \`${this.row.name}\` (${this.row.id})`;
    return `Node \`${module}\` (${node}) from ${workflow} returned the following error: ${error}`;
  }
}

const notLoaded = (module: string) => `Could not load class for module: ${module}`;
const disabled = (module: string) => `Could not execute disabled module \`${module}\`.`;
