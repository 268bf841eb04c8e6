import { strict as assert } from 'node:assert';
import { definitions } from '../support/definitions';
import { tab } from '../support/flows';
import { openEditor, type Editor } from './browser';

interface Page {
  RED: { nodes: { getNodeHelp(type: string): string } };
}

interface Rendered {
  text: string;
  /** The text of each block of running text. */
  blocks: string[];
  terms: string[];
  /** How many terms have no text of their own beside them, or no type. */
  incomplete: number;
  lists: number;
}

const CHARACTERS: Record<string, string> = { amp: '&', lt: '<', gt: '>' };
const decode = (text: string) =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code ? String.fromCharCode(Number(code)) : CHARACTERS[name],
  );

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** What a reader of the source sees: no numbers of lists, no addresses of links, no tags. */
const visible = (source: string) =>
  decode(
    source
      .replace(/^\s*\d+\. /gm, '')
      .replace(/\]\([^)]*\)/g, ']')
      // What stands in code is text.
      .replace(/`[^`]*`|<\/?\w+>/g, (found) => (found.startsWith('`') ? found : '')),
  );

describe("the help, as the editor's own renderer shows it", function () {
  this.timeout(60000);
  let editor: Editor;

  before(async () => {
    editor = await openEditor();
    await editor.open([tab]);
  });
  after(() => editor.close());

  const render = (type: string): Promise<Rendered> =>
    editor.page.evaluate((name) => {
      const { RED } = globalThis as unknown as Page;
      const { body } = new DOMParser().parseFromString(RED.nodes.getNodeHelp(name), 'text/html');
      const texts = (selector: string) =>
        Array.from(body.querySelectorAll(selector), (one) => (one.textContent ?? '').trim());
      const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
      const pieces: string[] = [];
      while (walker.nextNode()) pieces.push(walker.currentNode.textContent ?? '');
      const terms = Array.from(body.querySelectorAll('dl.message-properties > dt'));
      return {
        text: pieces.join(' '),
        blocks: texts('p, li, dd, dl'),
        terms: terms.map((term) => term.firstChild?.textContent?.trim() ?? ''),
        incomplete: terms.filter(
          (term) =>
            term.nextElementSibling?.nodeName !== 'DD' || !term.querySelector('.property-type')?.textContent,
        ).length,
        lists: body.querySelectorAll('dl.message-properties').length,
      };
    }, type);

  for (const { type, description, html, texts } of definitions) {
    describe(type, () => {
      const source = /data-help-name="[^"]*">([\s\S]*?)<\/script>/.exec(html)![1];
      let rendered: Rendered;
      before(async () => {
        rendered = await render(type);
      });

      it('loses no word', () => {
        assert.deepEqual(wordsOf(rendered.text), wordsOf(visible(source)));
      });

      it('shows lists as lists', () => {
        const rows = source.match(/^ *: .*$/gm) ?? [];
        assert.equal(rendered.terms.length, rows.length);
        assert.equal(rendered.incomplete, 0);
        assert.deepEqual(
          rendered.blocks.filter((text) => /^:/m.test(text.trim())),
          [],
        );
      });

      it('lists each setting by its label, with its tip', () => {
        for (const name of Object.keys(description.fields)) {
          const { label, tip = '' } = (texts.fields as Record<string, { label: string; tip?: string }>)[name];
          assert.ok(rendered.terms.includes(label), label);
          assert.ok(rendered.text.includes(tip), tip);
        }
      });
    });
  }
});
