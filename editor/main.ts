// The editor's half of the MISP nodes. Loaded once, by the plugin of this package, before the nodes.
import { startChecks } from './checks/start';
import { startRuns } from './runs/start';
import { migrateNode } from './migrate';
import { offerPlugin } from './plugin';
import { descriptions, extend, register } from './register';
import { addSearchWords } from './search-words';
import style from './style.css';
import { addTooltips } from './tooltips';

// Node-RED tells of every node that comes in, loaded, imported or dropped, before it is validated.
RED.events.on('nodes:add', (node) => {
  const description = descriptions[node.type];
  if (description) migrateNode(node, description);
});

$('<style>').text(style).appendTo('head');
startChecks(descriptions);
startRuns();
addSearchWords(descriptions);
addTooltips(descriptions);

offerPlugin({ type: 'misp-workflows', register, extend });
