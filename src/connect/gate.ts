/**
 * The workflow that MISP goes on with only if a module of its Enrichment service has said so: MISP asks it about each
 * attribute, puts the answers into its data, and stops unless the word is among them. Nothing is written, so that it
 * works before a save, too. Measured on MISP 2.5.1 (docs/fail-closed.md).
 */
import { hasPlace, isBare, moduleOf, placesIn, type MispGraph } from '../actions/misp-graph';
import type { SetUpOperation } from '../actions/set-up';
import { isSet } from '../event/flags';
import type { MispClient } from '../misp/client';
import { versionNotes } from '../misp/versions';
import { text, type Said } from '../text';
import { ANSWERS, asksAlone, isAbout, isGated, othersIn } from './gate-shape';
import { nextOf, paramsOf, reachable } from './graph-ways';
import type { ConnectPlan } from './plan';
import { planServices, readServices, type ServicesState } from './services';
import type { GateWish, ServicesWish } from './services-wish';
import { bareGraph, insertAt, putAround, withTriggerData, type Chain } from './splice';
import { look, type MispState, type TriggerState } from './state';

/** MISP's own modules that it is drawn with; each must be on. */
export const GATE_MODULES = ['attach-enrichment', 'generic-if', 'stop-execution'] as const;

/** How a MISP is set up for such a workflow. */
export interface GateState {
  misp: MispState;
  trigger: TriggerState;
}

/** A MISP's services, and the workflow that one of them decides in, if that is wanted. */
export interface AskedState {
  services: ServicesState;
  gate?: GateState;
}

/** Reads what a wish is held against; nothing in MISP is changed. */
export async function readAsked(client: MispClient, wish: ServicesWish): Promise<AskedState> {
  const services = await readServices(client, wish);
  return wish.gate ? { services, gate: await look(client, wish.gate) } : { services };
}

/** What is to be done so that a MISP asks the listener, and obeys where it is to; what is so already is left out. */
export function planAsked({ services, gate }: AskedState, wish: ServicesWish): ConnectPlan {
  const plan = planServices(services, wish);
  if (!gate || !wish.gate || plan.hindrances.length > 0) return plan;
  const more = planGate(gate, wish.gate, wish);
  const joined = {
    questions: [...plan.questions, ...more.questions],
    hindrances: more.hindrances,
    notes: [...plan.notes, ...more.notes],
  };
  const isOpen = joined.questions.length > 0 || joined.hindrances.length > 0;
  return { ...joined, steps: isOpen ? [] : [...plan.steps, ...more.steps] };
}

/** The same for the workflow alone. */
export function planGate(state: GateState, gate: GateWish, wish: ServicesWish): ConnectPlan {
  const { misp, trigger } = state;
  const hindrances = hindrancesOf(state, gate, wish);
  const { graph, questions } = drawingOf(trigger, gate);
  const notes = [
    ...versionNotes(misp.account.version, gate.trigger).map(({ said }) => said),
    text('connect.gateCost', { module: gate.module, word: gate.word }),
    ...(othersIn(graph, gate.module).length > 0 ? [text('check.gateOthers', { word: gate.word })] : []),
  ];
  if (hindrances.length > 0 || questions.length > 0) return { steps: [], questions, hindrances, notes };
  return { steps: stepsOf(state, gate, graph), questions, hindrances, notes };
}

function stepsOf({ misp, trigger }: GateState, gate: GateWish, graph: MispGraph): SetUpOperation[] {
  const isNew = !trigger.hasWorkflow;
  const was = isNew || isBare(trigger.graph) ? {} : { was: trigger.graph };
  const uses = new Set(Object.values(graph).map(moduleOf));
  const isOff = (module: string) => uses.has(module) && misp.modules?.get(module)?.on !== true;
  const isOn = isSet(misp.settings['Plugin.Workflow_enable']);
  return [
    ...(isOn
      ? []
      : [
          {
            do: 'set-setting',
            name: 'Plugin.Workflow_enable',
            value: true,
            was: misp.settings['Plugin.Workflow_enable'],
          } as const,
        ]),
    ...(isNew ? [{ do: 'create-workflow', trigger: gate.trigger } as const] : []),
    ...(graph === trigger.graph
      ? []
      : [{ do: 'draw-workflow', trigger: gate.trigger, graph, ...was } as const]),
    ...GATE_MODULES.filter(isOff).map(switchedOn),
    ...(trigger.on ? [] : [triggerOn(gate)]),
  ];
}

export const switchedOn = (module: string): SetUpOperation => ({
  ...{ do: 'switch-module', module, on: true, isTrigger: false },
});
export const triggerOn = ({ trigger }: GateWish): SetUpOperation => ({
  ...{ do: 'switch-module', module: trigger, on: true, isTrigger: true },
});

function hindrancesOf({ misp, trigger }: GateState, gate: GateWish, wish: ServicesWish): Said[] {
  const { account, pagesProblem } = misp;
  const { module, trigger: id } = gate;
  const drawn = wish.modules.find(({ name, family }) => family === 'Enrichment' && name === module);
  const found: Said[] = [];
  if (!drawn) found.push(text('connect.gateNoModule', { module }));
  else if (drawn.format === 'misp_standard') found.push(text('connect.gateFormat', { module }));
  if (pagesProblem !== undefined) found.push(pagesProblem);
  else if (!trigger.exists) found.push(text('connect.noTrigger', { trigger: id, version: account.version }));
  if (!trigger.isReadable) found.push(text('connect.unreadable', { trigger: id }));
  return found;
}

/** The blocks: our module is asked, and MISP stops unless it has said the word. */
export function gateChain({ module, word }: GateWish, drawn?: MispGraph[string]): Chain {
  const params = { hash_path: ANSWERS, operator: 'in', value: word, value_list: [] };
  return {
    parts: {
      asks: {
        ...{ module: 'attach-enrichment', kind: 'action', params: { modules: [module] } },
        ...(drawn ? { drawn } : {}),
        ways: { output_1: 'said' },
      },
      said: { module: 'generic-if', kind: 'logic', params, ways: { output_2: 'stop' } },
      // Without a message: one is a template, which the same service would have to render.
      stop: { module: 'stop-execution', kind: 'action' },
    },
    exit: { part: 'said', output: 'output_1' },
  };
}

/** The graph as it should be: the same one if it is. */
function drawingOf(
  { graph, hasWorkflow }: TriggerState,
  gate: GateWish,
): Pick<ConnectPlan, 'questions'> & { graph: MispGraph } {
  const { place } = gate;
  const core = (made: MispGraph) => withTriggerData(made, { misp_core_format: true });
  const done = (made: MispGraph) => ({ graph: made, questions: [] });
  if (isGated(graph, gate) || place === 'leave') return done(graph);
  if (isGated(core(graph), gate)) return done(core(graph));
  const [own] = [...reachable(graph)].filter((id) => asksAlone(graph, id, gate.module));
  if (own !== undefined) {
    const [said] = nextOf(graph, own, 'output_1', 'generic-if').filter((id) => isAbout(graph, id));
    if (said === undefined) return done(core(putAround(graph, own, gateChain(gate, graph[own]))));
    const spoken = core(withWord(graph, said, gate.word));
    return done(isGated(spoken, gate) ? spoken : core(putAround(graph, own, gateChain(gate, graph[own]))));
  }
  if (!hasWorkflow || isBare(graph)) {
    const bare = bareGraph(gate.trigger);
    return done(insertAt(bare, placesIn(bare)[0], gateChain(gate)));
  }
  if (place && hasPlace(graph, place)) return done(core(insertAt(graph, place, gateChain(gate))));
  return { graph, questions: [{ ask: 'place', graph, places: placesIn(graph) }] };
}

function withWord(graph: MispGraph, id: string, value: string): MispGraph {
  const { [id]: block } = graph;
  const indexed_params = { ...paramsOf(block), value };
  return { ...graph, [id]: { ...block, data: { ...block.data, indexed_params } } };
}
