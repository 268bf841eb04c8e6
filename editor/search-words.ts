import type { Registered } from './plugin';

type Descriptions = Readonly<Record<string, Registered | undefined>>;

/** An entry in Node-RED's list of node types. */
interface Item {
  type: string;
  index?: string;
  hasMispWords?: boolean;
}

/**
 * Node-RED's palette and quick-add look for a node's type and name. With this they find our nodes by MISP's names of
 * its modules too, by what can be chosen in the node, and by other words for it.
 */
export function addSearchWords(descriptions: Descriptions): void {
  const words = (type: string) => {
    const description = descriptions[type];
    return description ? searchWords(description) : '';
  };

  RED.events.on('registry:node-type-added', (type: string) => {
    for (const element of document.querySelectorAll<HTMLElement>('.red-ui-palette-node')) {
      const { paletteType, paletteLabel = '' } = element.dataset;
      if (paletteType === type) element.dataset.paletteLabel = `${paletteLabel}${words(type)}`;
    }
  });

  // The list is made anew whenever it opens, and once more while nodes are added one after the other.
  for (const happening of ['focusin', 'keydown', 'input']) {
    document.addEventListener(happening, ({ target }) => {
      if ((target as Element).id === 'red-ui-type-search-input') completeList(words);
    });
  }
}

function completeList(words: (type: string) => string): void {
  const entries = $('#red-ui-type-search .red-ui-editableList-item-content');
  for (let i = 0; i < entries.length; i++) {
    const item = entries.eq(i).data('data') as Item | undefined;
    if (!item?.index || item.hasMispWords) continue;
    item.index += words(item.type).toLowerCase();
    item.hasMispWords = true;
  }
}

function searchWords({ type, modules, labelBy, fields }: Registered): string {
  const text = (key: string) => {
    const found = RED.nodes.getType(type)?._?.(`${type}.${key}`) ?? '';
    return found === `${type}.${key}` ? '' : found;
  };
  const names = modules.map((id) => `${text(`modules.${id}`)} ${id}`);
  const field = labelBy === undefined ? undefined : fields[labelBy];
  const choices = field?.kind === 'select' ? field.options : [];
  const chosen = choices.map((option) => text(`fields.${labelBy ?? ''}.options.${option}`));
  return ['', ...names, ...chosen, text('search')].join(' | ');
}
