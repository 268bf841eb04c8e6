// The editor's half of the MISP nodes. Loaded once, by the plugin of this package, before the nodes.
import adHocStyle from './adhoc/adhoc.css';
import { startChecks } from './checks/start';
import connectStyle from './connect/connect.css';
import { startRuns } from './runs/start';
import flowsStyle from './flows/flows.css';
import { addMenu } from './flows/menu';
import { text } from './flows/texts';
import { openGallery } from './gallery/gallery';
import { migrateNode } from './migrate';
import { offerPlugin } from './plugin';
import { descriptions, extend, register } from './register';
import { addSearchWords } from './search-words';
import style from './style.css';
import { addTooltips } from './tooltips';
import { openExport } from './workflows/export';
import { openImport } from './workflows/import';

// Node-RED tells of every node that comes in, loaded, imported or dropped, before it is validated.
RED.events.on('nodes:add', (node) => {
  const description = descriptions[node.type];
  if (description) migrateNode(node, description);
});

$('<style>')
  .text(style + flowsStyle + connectStyle + adHocStyle)
  .appendTo('head');
startChecks(descriptions);
startRuns();
addSearchWords(descriptions);
addTooltips(descriptions);
addMenu(() => [
  { action: 'misp:show-examples', label: text('gallery'), run: openGallery },
  { action: 'misp:import-workflow', label: text('importTitle'), run: openImport },
  { action: 'misp:export-blueprint', label: text('exportTitle'), run: openExport },
]);

offerPlugin({ type: 'misp-workflows', register, extend });
