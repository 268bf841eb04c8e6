import type { TriggerCount } from './counters';

/** What is measured, besides what is counted of each trigger. */
export interface Measured {
  triggers: readonly TriggerCount[];
  /** Callers with wrong credentials, and requests that could not be read. */
  refused: number;
  rejected: number;
  /** Of several MISPs that ask: how often each was refused. */
  callers?: readonly { name: string; refused: number }[];
  /** Modules that the listener announces, and those of them without a flow. */
  modules: number;
  gone: number;
  /** The history is not written to disk although it should be. */
  isHistoryInTrouble: boolean;
}

type Labels = Readonly<Record<string, string>>;
type Sample = [labels: Labels, value: number];

/** Metrics in the text format of Prometheus. Names and labels are documented: they stay. */
export function metricsText(measured: Measured): string {
  const { triggers, refused, rejected, callers = [], modules, gone, isHistoryInTrouble } = measured;
  const each = (value: (count: TriggerCount) => number): Sample[] =>
    triggers.map((count) => [labelsOf(count), value(count)]);
  const waits: Sample[] = triggers.flatMap((count): Sample[] => [
    [{ ...labelsOf(count), quantile: '0.5' }, count.p50 / 1000],
    [{ ...labelsOf(count), quantile: '0.99' }, count.p99 / 1000],
  ]);
  return [
    family(
      'runs_total',
      'counter',
      'Runs that MISP has asked for',
      each(({ runs }) => runs),
    ),
    family(
      'blocked_total',
      'counter',
      'Runs that stopped MISP',
      each(({ blocked }) => blocked),
    ),
    family(
      'failed_total',
      'counter',
      'Runs in which a node failed',
      each(({ failed }) => failed),
    ),
    family(
      'late_total',
      'counter',
      'Runs that did not answer in time',
      each(({ late }) => late),
    ),
    family('wait_seconds', 'gauge', 'How long MISP waited, of the latest runs', waits),
    family(
      'last_asked_timestamp_seconds',
      'gauge',
      'When MISP asked last',
      each(({ askedAt }) => askedAt / 1000),
    ),
    family('refused_total', 'counter', 'Callers with wrong credentials', [[{}, refused]]),
    family(
      'caller_refused_total',
      'counter',
      'Times that a MISP, by name, had another password',
      callers.map(({ name, refused }): Sample => [{ caller: name }, refused]),
    ),
    family('rejected_total', 'counter', 'Requests that could not be read', [[{}, rejected]]),
    family('modules', 'gauge', 'Modules that MISP is told of', [[{}, modules]]),
    family('modules_without_flow', 'gauge', 'Modules that block since their flow is gone', [[{}, gone]]),
    family('history_trouble', 'gauge', 'Whether the history is not written', [
      [{}, isHistoryInTrouble ? 1 : 0],
    ]),
  ].join('');
}

const labelsOf = ({ trigger, node }: TriggerCount): Labels => ({ trigger, node: node.id, name: node.label });

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const full = `misp_workflows_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${inBraces(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join('')}`;
}

function inBraces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escaped = (value: string) =>
  value
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\r?\n|\r/g, '\\n');
