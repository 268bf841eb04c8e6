import { bringIn } from '../flows/bring-in';
import type { FlowNode } from '../flows/flow';
import { pictureOf } from '../flows/picture';
import { text } from '../flows/texts';
import { openTray } from '../flows/tray';
import { notifyText, showWords } from '../show';

/** An example as the build puts it into one file with all of them. */
interface Example {
  name: string;
  /** MISP's names for what is in it. */
  misp: string[];
  nodes: FlowNode[];
}

const FILE = 'resources/@misp-flows/node-red-misp/examples.json';

/** Opens the gallery of the examples. */
export function openGallery(): void {
  $.ajax({ url: FILE, dataType: 'json' })
    .done((examples) => show(examples as Example[]))
    .fail(() => notifyText(text('noExamples'), { type: 'error' }));
}

function show(examples: Example[]): void {
  openTray({
    title: text('gallery'),
    width: 760,
    cancel: text('close'),
    fill(body) {
      const search = $('<input type="text" class="misp-gallery-search">')
        .attr({ placeholder: text('search'), 'aria-label': text('search') })
        .appendTo(body);
      const own = $('<input type="checkbox" id="misp-gallery-own-tab">');
      const label = $('<label for="misp-gallery-own-tab">')
        .append(own)
        .append($('<span>').text(text('ownTab')));
      $('<p class="misp-gallery-where">').append(label).appendTo(body);
      const list = $('<ul class="misp-gallery">').attr('aria-label', text('gallery')).appendTo(body);
      const cards = examples.map((example) => {
        const card = cardOf(example, () => own.prop('checked'));
        return { card, words: card.text().toLowerCase() };
      });
      list.append(cards.map(({ card }) => card));
      search.on('input', () => {
        const wanted = search.val().trim().toLowerCase();
        for (const { card, words } of cards) card.toggle(words.includes(wanted));
      });
      search.trigger('focus');
    },
  });
}

function cardOf({ name, misp, nodes }: Example, ownTab: () => boolean): JQuery {
  const info = nodes.find(({ type }) => type === 'tab')?.info ?? '';
  const purpose = $('<div class="misp-gallery-purpose">');
  showWords(purpose[0], info);
  const card = $('<li>').attr('data-example', name);
  $('<h4>').text(name).appendTo(card);
  $('<div class="misp-gallery-picture">').append(pictureOf(nodes, name)).appendTo(card);
  purpose.appendTo(card);
  if (misp.length > 0) {
    $('<p class="misp-gallery-misp">')
      .text(text('inMisp', { names: misp.join(', ') }))
      .appendTo(card);
  }
  $('<button type="button" class="red-ui-button">')
    .text(text('import'))
    .attr('aria-label', text('importNamed', { name }))
    .on('click', () => {
      RED.tray.close(() => bringIn(nodes, name, ownTab()));
    })
    .appendTo(card);
  return card;
}
