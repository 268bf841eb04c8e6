import { text } from '../../text';
import type { Contacts } from '../contacts';
import type { AnnouncedModule } from '../kinds';
import type { Absence, ModuleState } from '../protocol';
import { scanBody } from '../scan';
import type { Answers } from './answers';
import type { HandOver } from './hand-over';
import { ModuleList } from './module-list';
import type { Trouble } from './monitor';
import type { Places } from './places';
import type { Query } from './query';
import { renderTemplate, TEMPLATES } from './templates';
import type { Upstream } from './upstream';
import { modulesIn } from './upstream-list';
import { Waiting, type Arrived } from './waiting';

/** By how much an answer is earlier than a time-out that MISP tells, if that is not very short. */
const MISP_MARGIN_MS = 1000;
/** For what waits until it is known how misp-modules is reached: no module has an empty name. */
const FOR_UPSTREAM = '';

/** Knows the modules, and so what becomes of a request: it is handed over, waits, or is answered here. */
export class Desk {
  readonly modules = new ModuleList();
  upstream: Upstream | undefined;
  private isExpected = false;
  private readonly waiting = new Waiting();

  constructor(
    private readonly answers: Answers,
    private readonly places: Places,
    private readonly handOver: HandOver,
    private readonly contacts: Contacts,
  ) {}

  /** Why requests do not get to their flows, as far as it is known here. */
  get trouble(): Trouble | undefined {
    const { absence } = this.answers;
    if (absence) return absence.waits ? 'starting' : 'flows';
    if (this.modules.names('gone').length > 0) return 'gone';
    if (this.modules.names('waiting').length > 0) return 'starting';
    return this.modules.living === 0 ? 'modules' : undefined;
  }

  /** Why no trigger can take requests, or that they can again. */
  setAbsence(absence: Absence | undefined): void {
    this.answers.absence = absence;
    for (const module of this.modules.names('waiting')) {
      if (!absence) this.waitForTrigger(module);
      else if (!absence.waits) {
        this.waiting.take(module).forEach(({ query }) => this.answers.absent(query, absence));
      }
    }
  }

  /** @param expected the list of one of which only that is known: what is asked of it waits */
  setUpstream(upstream: Upstream | undefined, expected?: string): void {
    this.upstream = upstream;
    const modules = modulesIn(expected ?? '');
    this.isExpected = upstream === undefined && modules !== undefined;
    this.modules.setUpstream(upstream?.list ?? (modules && { modules, text: expected ?? '' }));
    if (this.isExpected) return;
    for (const arrived of this.waiting.take(FOR_UPSTREAM)) if (!arrived.query.answered) this.decide(arrived);
  }

  setModule(module: AnnouncedModule, state: ModuleState): void {
    // It is told with each deploy, and whoever deploys may have mended the flow: it is asked again.
    this.places.mended(module.name);
    this.modules.set(module, state);
    if (state === 'waiting') this.waitForTrigger(module.name);
    else this.endWait(module.name, state);
  }

  forget(name: string): void {
    this.modules.forget(name);
    this.endWait(name, 'gone');
  }

  decide(arrived: Arrived): void {
    const { query, scan } = arrived;
    const { absence } = this.answers;
    const entry = scan.module === undefined ? undefined : this.modules.get(scan.module);
    if (!entry && this.upstream) {
      // What misp-modules cannot read it answers with a status that has MISP go on: not if it was meant for a flow.
      const isMeantForUs =
        scan.module === undefined && this.modules.isNamedIn(Buffer.from(query.body.content));
      if (isMeantForUs) return this.answers.reject(query, text('service.noModule'));
      return this.passOn(query);
    }
    if (!entry && this.isExpected) return this.waiting.add(FOR_UPSTREAM, arrived);
    if (scan.module === TEMPLATES && !entry) return this.render(query);
    if (scan.module !== undefined && !entry) {
      return this.answers.reject(query, text('service.unknownModule', { module: scan.module }));
    }
    query.module = entry?.module;
    if (entry) this.contacts.asked(entry.module.name);
    if (entry) this.setDeadline(query, entry.module, scan.timeout);
    // A module may look gone because the deploy of flows that do not run took long.
    if (absence && !absence.waits) return this.answers.absent(query, absence);
    if (entry?.state === 'gone') return this.answers.byPolicy(query, 'gone');
    if (entry?.state === 'waiting') return this.waiting.add(entry.module.name, arrived);
    this.pass(arrived);
  }

  /** To the flow, or where that stands in front of a module's answer, to the module first. */
  private pass(arrived: Arrived): void {
    const { query } = arrived;
    const { module } = query;
    if (module?.kind !== 'front') return this.handOver.pass(arrived, this.modules.living);
    const { upstream } = this;
    if (!upstream) return this.answers.reject(query, text('service.noUpstream'));
    if (module.stage === 'query') {
      upstream.before(query);
      return this.handOver.pass(arrived, this.modules.living);
    }
    query.expireAfter(upstream.longestMs, () => this.expire(query));
    const ready = () => {
      query.expireAfter(query.age + module.deadlineMs, () => this.expire(query));
      const scan = scanBody(query.body.content, Infinity);
      this.handOver.pass({ query, scan: { ...scan, flattened: undefined } }, this.modules.living);
    };
    upstream.after(query, module, ready, () => this.answers.release(query));
  }

  /** For a module of misp-modules: what it says, in the time that it takes. */
  private passOn(query: Query): void {
    const { upstream } = this;
    const body = Buffer.from(query.body.content);
    query.onHandOn = (response) => upstream!.pass(response, body);
    query.answer({ body: '', blocks: false, handOn: {} });
    this.answers.release(query);
  }

  private render(query: Query): void {
    query.answer(renderTemplate(query.body.content));
    this.answers.release(query);
  }

  /** The time of a request is up. */
  expire(query: Query): void {
    if (query.answered) return;
    const { absence } = this.answers;
    if (absence) return this.answers.absent(query, absence);
    if (query.forwarded) this.places.timedOut(query);
    this.answers.byPolicy(query, 'deadline');
  }

  close(): void {
    this.waiting.close();
  }

  /** The flow's deadline, or MISP's own time-out if that is shorter: newer MISPs tell it. */
  private setDeadline(query: Query, { deadlineMs }: AnnouncedModule, timeout = 0): void {
    const mispMs = timeout > 0 ? timeout * 1000 : Infinity;
    const inTime = mispMs - Math.min(MISP_MARGIN_MS, mispMs / 2);
    if (inTime < deadlineMs) query.mispTimeout = timeout;
    query.expireAfter(Math.min(deadlineMs, inTime), () => this.expire(query));
  }

  private waitForTrigger(module: string): void {
    if (this.answers.absence) return this.waiting.stop(module); // then it is known how it goes on
    this.waiting.start(module, () => {
      const entry = this.modules.get(module);
      if (entry?.state === 'waiting' && !this.answers.absence) this.setModule(entry.module, 'gone');
    });
  }

  private endWait(module: string, state: ModuleState): void {
    this.waiting.stop(module);
    for (const arrived of this.waiting.take(module)) {
      if (arrived.query.answered) continue;
      if (state === 'live') this.pass(arrived);
      else this.answers.byPolicy(arrived.query, 'gone');
    }
  }
}
