/**
 * Node-RED's palette and quick-add look for a node's type and name. With this they find our nodes by MISP's names of
 * its modules too, by what can be chosen in the node, and by other words for it.
 */
export function addSearchWords(descriptions) {
  const words = (type) => (descriptions[type] ? searchWords(descriptions[type]) : '');

  RED.events.on('registry:node-type-added', (type) => {
    for (const element of document.querySelectorAll('.red-ui-palette-node')) {
      const { paletteType, paletteLabel } = element.dataset;
      if (paletteType === type) element.dataset.paletteLabel = `${paletteLabel}${words(type)}`;
    }
  });

  // The list is made anew whenever it opens, and once more while nodes are added one after the other.
  for (const happening of ['focusin', 'keydown', 'input']) {
    document.addEventListener(happening, ({ target }) => {
      if (target.id === 'red-ui-type-search-input') completeList(words);
    });
  }
}

function completeList(words) {
  $('#red-ui-type-search .red-ui-editableList-item-content').each(function () {
    const item = $(this).data('data');
    if (!item?.index || item.hasMispWords) return;
    item.index += words(item.type).toLowerCase();
    item.hasMispWords = true;
  });
}

function searchWords({ type, modules = [], labelBy, fields }) {
  const text = (key) => {
    const found = RED.nodes.getType(type)._(`${type}.${key}`);
    return found === `${type}.${key}` ? '' : found;
  };
  const names = modules.map((id) => `${text(`modules.${id}`)} ${id}`);
  const choices = labelBy ? fields[labelBy].options : [];
  const chosen = choices.map((option) => text(`fields.${labelBy}.options.${option}`));
  return ['', ...names, ...chosen, text('search')].join(' | ');
}
