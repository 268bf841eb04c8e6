import type { OperationBrief, RunRecord, Step } from '../../src/history/record';
import { nameOf } from '../checks/texts';
import { operationName, text, timeOf } from './texts';

/** What is shown of a node: what it said of itself, or that messages came by. */
type Visit = Step | { what: 'passed'; node: { id: string; label: string }; at: number; outputs: string };

/** The nodes of a run, in the order in which messages came to them, as lines of a list. */
export function showSteps(list: JQuery, record: RunRecord): void {
  for (const visit of visitsOf(record)) list.append(lineOf(visit, record));
}

export const nodeName = ({ id, label }: { id: string; label: string }) => nameOf(id) || label;

function visitsOf({ steps, way, times = [] }: RunRecord): Visit[] {
  const speaks = new Set(steps.map(({ node }) => node?.id));
  const passed = (way?.nodes ?? []).flatMap((id, index): Visit[] => {
    if (speaks.has(id) || times[index] === undefined) return [];
    const ports = way!.wires.filter(([from]) => from === id).map(([, port]) => port);
    const outputs = [...new Set(ports)].map((port) => outputName(id, port)).join(', ');
    return [{ what: 'passed', node: { id, label: id }, at: times[index], outputs }];
  });
  return inOrder([...passed, ...steps], way?.nodes ?? [], times);
}

/** What a node says first stands where messages came to it: others may have had theirs before it was written down. */
function inOrder(visits: Visit[], nodes: readonly string[], times: readonly number[]): Visit[] {
  const seen = new Set<string>();
  const placed = visits.map((visit) => {
    const id = visit.node?.id ?? '';
    const rank = nodes.indexOf(id);
    const isFirst = !seen.has(id);
    seen.add(id);
    return { visit, at: isFirst ? (times[rank] ?? visit.at) : visit.at, rank };
  });
  return placed.sort((a, b) => a.at - b.at || a.rank - b.rank).map(({ visit }) => visit);
}

/** What the node calls its output, or the number that it has. */
function outputName(id: string, port: number): string {
  const node = RED.nodes.node(id);
  const labels = node?._def?.outputLabels;
  const own = node?.outputLabels;
  const given = Array.isArray(own) ? (own[port] as unknown) : undefined;
  if (typeof given === 'string' && given !== '') return given;
  const label = Array.isArray(labels) ? labels[port] : node && labels?.call(node, port);
  return label || String(port + 1);
}

function lineOf(visit: Visit, record: RunRecord): JQuery {
  const { node, at, what } = visit;
  const line = $('<li>').attr('data-what', what);
  const head = $('<button type="button" class="misp-run-node">').appendTo(line);
  head.text(node ? nodeName(node) : text('noNode'));
  $('<span class="misp-run-at">').text(timeOf(at)).appendTo(line);
  if (node && RED.nodes.node(node.id)) {
    head.attr('title', text('jump')).on('click', () => RED.view.reveal(node.id));
  } else head.prop('disabled', true);
  for (const words of sentencesOf(visit, record)) $('<div>').text(words).appendTo(line);
  return line;
}

function sentencesOf(visit: Visit, record: RunRecord): string[] {
  switch (visit.what) {
    case 'passed': {
      const { outputs, node } = visit;
      const key = node.id === record.node.id ? 'steps.began' : outputs ? 'steps.passed' : 'steps.reached';
      return [text(key, { outputs })];
    }
    case 'decided': {
      const words = text('steps.decided', { way: visit.way });
      return visit.found ? [words, text('steps.found', { found: visit.found })] : [words];
    }
    case 'planned': {
      // What was done says it all, if the node came to that.
      const did = record.steps.some(({ what, node }) => what === 'did' && node?.id === visit.node?.id);
      if (did && !visit.dryRun)
        return [text('steps.plannedMany', { count: visit.operations.length + visit.more })];
      const title =
        visit.operations.length === 0
          ? 'steps.plannedNothing'
          : visit.dryRun
            ? 'steps.planned'
            : 'steps.meant';
      return [text(title), ...visit.operations.map(operationWords), ...moreOf(visit.more)];
    }
    case 'did':
      return [...visit.operations.map(operationWords), ...moreOf(visit.more)];
    case 'executed': {
      const { result, errors } = visit;
      const words = text(`steps.executed.${RESULTS.has(result) ? result : 'other'}`, { result });
      return errors.length > 0 ? [words, text('steps.mispErrors', { errors: errors.join('; ') })] : [words];
    }
    case 'failed': {
      const { problem } = visit;
      return [text(visit.counts ? 'steps.failed' : 'steps.failedGoesOn', { problem })];
    }
  }
}

/** What MISP says came of a block of its own. */
const RESULTS = new Set(['success', 'partial-success', 'disabled_module', 'error', 'debug']);

const moreOf = (more: number) => (more > 0 ? [text('more', { more })] : []);

function operationWords({ do: name, with: details, state, problems = [] }: OperationBrief): string {
  const result = state ? ` (${text(`states.${state}`)})` : '';
  const failures = problems.length > 0 ? `: ${problems.join('; ')}` : '';
  return `${operationName(name)}${result} ${details}${failures}`;
}
