import { isBare } from '../actions/misp-graph';
import { isSet } from '../event/flags';
import { versionNotes } from '../misp/versions';
import { text } from '../text';
import { green, red, worstFirst, yellow, type Row } from './check';
import { serviceRows } from './check-services';
import { askingBlocks, isGated, othersIn } from './gate-shape';
import { GATE_MODULES, planGate, switchedOn, triggerOn, type AskedState, type GateState } from './gate';
import type { GateWish, ServicesWish } from './services-wish';

/** Everything that keeps a MISP from asking the listener, or from obeying where it is to, the worst first. */
export function askedRows({ services, gate }: AskedState, wish: ServicesWish): Row[] {
  const rows = serviceRows(services, wish);
  if (!gate || !wish.gate || !services.account.siteAdmin) return rows;
  return worstFirst([...rows, ...gateRows(gate, wish.gate, wish)]);
}

function gateRows(state: GateState, gate: GateWish, wish: ServicesWish): Row[] {
  const { misp, trigger: found } = state;
  const { trigger } = gate;
  const { version } = misp.account;
  const rows = versionNotes(version, trigger).map(({ level, said }): Row => ({ id: 'version', level, said }));
  const mend = planGate(state, gate, wish).steps;
  if (!isSet(misp.settings['Plugin.Workflow_enable']))
    return [...rows, red('workflows', text('check.noWorkflows'), mend.slice(0, 1))];
  if (misp.pagesProblem !== undefined) return [...rows, red('pages', misp.pagesProblem)];
  if (!found.exists) return [...rows, red('trigger', text('connect.noTrigger', { trigger, version }))];
  rows.push(
    found.on
      ? green('trigger', text('check.triggerOn', { trigger }))
      : red('trigger', text('check.triggerOff', { trigger }), [triggerOn(gate)]),
  );
  return [...rows, ...workflowRows(state, gate, mend)];
}

function workflowRows({ misp, trigger: found }: GateState, gate: GateWish, mend: Row['mend']): Row[] {
  const { trigger, module, word } = gate;
  const { graph, hasWorkflow } = found;
  if (askingBlocks(graph, module).length === 0) {
    const key = !hasWorkflow || isBare(graph) ? 'check.noWorkflow' : 'check.notInWorkflow';
    return [red('workflow', text(key, { trigger, module }), mend)];
  }
  const rows = [green('workflow', text('check.workflow', { trigger, module }))];
  if (!isGated(graph, gate)) return [...rows, red('closed', text('check.notGated', { trigger, word }), mend)];
  rows.push(green('closed', text('check.gated', { module, word })));
  const off = GATE_MODULES.filter((name) => misp.modules?.get(name)?.on !== true);
  if (off.length > 0)
    rows.push(
      red('closedModules', text('check.closedModules', { modules: off.join(', ') }), off.map(switchedOn)),
    );
  if (othersIn(graph, module).length > 0) rows.push(yellow('gateOthers', text('check.gateOthers', { word })));
  return rows;
}
