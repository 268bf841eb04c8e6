import { looksAtAttributes } from '../../nodes/attributes-when';
import { checkFlow } from '../../src/workflow/check-flow';
import { showBadges } from './badge.js';
import style from './checks.css';
import { createList } from './list.js';
import { notifyText } from '../show.js';
import { keepNamesApart } from './names.js';
import { watchSecrets } from './secrets.js';
import { text } from './texts.js';
import { workspaceNodes } from './workspace.js';

/** What may change the outcome of the check. */
const EVENTS = [
  ...['nodes:add', 'nodes:change', 'nodes:remove', 'links:add', 'links:remove', 'junctions:add'],
  ...['junctions:remove', 'flows:add', 'flows:change', 'flows:remove', 'subflows:change', 'flows:loaded'],
  ...['workspace:clear', 'workspace:dirty', 'deploy'],
];
const QUIET_MS = 250;

/** Checks the workspace after every change, before it is deployed, and shows what was found. */
export function startChecks(descriptions) {
  const knowledge = {
    isOurs: (type) => type in descriptions,
    writes: (type) => Boolean(descriptions[type]?.writes),
    isOpaque: ({ type }) => Boolean(RED.nodes.getType(type)?.subflowModule),
    fieldsOf: (type) => descriptions[type]?.fields ?? {},
    looksAtAttributes: (node) =>
      node.type in descriptions && looksAtAttributes(descriptions[node.type], node),
  };
  const list = createList(knowledge.isOurs);
  const badges = showBadges((id) => list.show(id));
  $('<style>').text(style).appendTo('head');
  keepNamesApart();

  let timer;
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
    timer = setTimeout(run, QUIET_MS);
  };
  const secretsOf = watchSecrets(descriptions, soon);
  for (const event of EVENTS) RED.events.on(event, soon);
  RED.events.on('deploy', () => tellDangers(run(), list));
}

/** Node-RED asks nobody before a deploy, so what matters is said right after it. */
function tellDangers(findings, list) {
  const number = findings.filter(({ danger }) => danger).length;
  if (number === 0) return;
  const notification = notifyText(text('deployed', { number }), {
    type: 'warning',
    fixed: false,
    timeout: 10000,
    buttons: [
      {
        text: text('open'),
        class: 'primary',
        click() {
          notification.close();
          list.show();
        },
      },
    ],
  });
}
