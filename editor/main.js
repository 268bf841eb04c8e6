// The editor's half of the MISP nodes. Loaded once, by the plugin of this package, before the nodes.
import { startChecks } from './checks/index.js';
import { contactRow } from './contact.js';
import { migrateNode } from './migrate.js';
import { extend, descriptions, register } from './register.js';
import { addSearchWords } from './search-words.js';
import { notifyText } from './show.js';
import style from './style.css';
import { addTooltips } from './tooltips.js';

// Node-RED tells of every node that comes in, loaded, imported or dropped, before it is validated.
RED.events.on('nodes:add', (node) => {
  const description = descriptions[node.type];
  if (description) migrateNode(node, description);
});

$('<style>').text(style).appendTo('head');
startChecks(descriptions);
addSearchWords(descriptions);
addTooltips(descriptions);

globalThis.MISPWorkflows = { register, extend, notifyText, contactRow };
