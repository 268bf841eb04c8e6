import { looksAtAttributes } from '../../nodes/attributes-when';
import type { NodeConfig } from '../../src/runs/trust';
import { DEAF_TOPIC, type DeafListeners } from '../../src/checks/deaf';
import { checkFlow, type Finding, type TypeKnowledge } from '../../src/checks/check-flow';
import type { Registered } from '../plugin';
import { showBadges } from './badge';
import style from './checks.css';
import { createList, type FindingList } from './list';
import { notifyText } from '../show';
import { keepNamesApart } from './names';
import { watchSecrets } from './secrets';
import { text } from './texts';
import { workspaceNodes } from './workspace';

/** What may change the outcome of the check. */
const EVENTS = [
  ...['nodes:add', 'nodes:change', 'nodes:remove', 'links:add', 'links:remove', 'junctions:add'],
  ...['junctions:remove', 'flows:add', 'flows:change', 'flows:remove', 'subflows:change', 'flows:loaded'],
  ...['workspace:clear', 'workspace:dirty', 'deploy'],
];
const QUIET_MS = 250;

/** Checks the workspace after every change, before it is deployed, and shows what was found. */
export function startChecks(descriptions: Readonly<Record<string, Registered | undefined>>): void {
  const knowledge: TypeKnowledge = {
    isOurs: (type) => type in descriptions,
    writes: (type) => Boolean(descriptions[type]?.writes),
    isOpaque: ({ type }) => Boolean(RED.nodes.getType(type)?.subflowModule),
    fieldsOf: (type) => descriptions[type]?.fields ?? {},
    whyDeaf: ({ id }) => (RED.nodes.node(id)?.changed ? undefined : deaf[id]),
    looksAtAttributes(node: NodeConfig) {
      const description = descriptions[node.type];
      return description !== undefined && looksAtAttributes(description, node);
    },
  };
  let deaf: DeafListeners = {};
  const list = createList(knowledge.isOurs);
  const badges = showBadges((id) => list.show(id));
  $('<style>').text(style).appendTo('head');
  keepNamesApart();

  let timer: number | undefined;
  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    const findings = checkFlow(workspaceNodes(secretsOf), knowledge);
    badges.update(findings);
    list.update(findings);
    return findings;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(run, QUIET_MS);
  };
  const secretsOf = watchSecrets(descriptions, soon);
  for (const event of EVENTS) RED.events.on(event, soon);
  RED.comms.subscribe(DEAF_TOPIC, (_topic, message) => {
    deaf = (message ?? {}) as DeafListeners;
    soon();
  });
  RED.events.on('deploy', () => tellDangers(run(), list));
}

/** Node-RED asks nobody before a deploy, so what matters is said right after it. */
function tellDangers(findings: Finding[], list: FindingList): void {
  const number = findings.filter(({ danger }) => danger).length;
  if (number === 0) return;
  notifyText(text('deployed', { number }), {
    type: 'warning',
    fixed: false,
    timeout: 10000,
    buttons: [{ text: text('open'), class: 'primary', click: () => list.show() }],
  });
}
