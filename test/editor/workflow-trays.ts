import { TRAY_MS, type Editor } from './browser';

interface EditorApi {
  nodes: {
    eachNode(visit: (node: { id: string; type: string; name: string }) => void): void;
    eachConfig(visit: (node: { type: string }) => void): void;
    dirty(): boolean;
  };
  actions: { invoke(name: string): void };
  history: { depth(): number };
  view: { select(selection: { nodes: object[] } | null): void };
}

/** The trays in which MISP's workflows are imported and exported, as a user works with them. */
export class WorkflowTrays {
  constructor(private readonly editor: Editor) {}

  inEditor<T>(work: (RED: EditorApi, argument: never) => T, argument?: unknown): Promise<T> {
    return this.editor.page.evaluate(`(${work.toString()})(RED, ${JSON.stringify(argument)})`);
  }

  /** The types of the nodes on the canvas. */
  drawn(): Promise<string[]> {
    return this.inEditor((RED) => {
      const types: string[] = [];
      RED.nodes.eachNode(({ type }) => types.push(type));
      return types;
    });
  }

  configs(): Promise<string[]> {
    return this.inEditor((RED) => {
      const types: string[] = [];
      RED.nodes.eachConfig(({ type }) => types.push(type));
      return types.sort();
    });
  }

  async invoke(action: string): Promise<void> {
    await this.inEditor((RED, name) => RED.actions.invoke(name), action);
    await this.editor.page.waitForTimeout(TRAY_MS);
  }

  async openImport(): Promise<void> {
    await this.editor.page.waitForFunction(
      `RED.actions.list().some(({ id }) => id === 'misp:import-workflow')`,
    );
    await this.invoke('misp:import-workflow');
  }

  async close(): Promise<void> {
    await this.editor.page.click('#misp-tray-cancel');
    await this.editor.page.waitForSelector('#misp-tray-cancel', { state: 'detached' });
  }

  async paste(text: string): Promise<void> {
    await this.editor.page.fill('textarea.misp-workflow-text', text);
  }

  async chooseFile(file: string): Promise<void> {
    await this.editor.page.setInputFiles('.misp-tray input[type="file"]', file);
  }

  async chooseFromMisp(value: string): Promise<void> {
    const { page } = this.editor;
    await page.click('.misp-workflow-list button');
    await page.waitForSelector('.misp-workflow-list select:visible');
    await page.selectOption('.misp-workflow-list select', value);
    await this.preview();
  }

  /** Waits until the preview is there. */
  async preview(): Promise<void> {
    await this.editor.page.waitForSelector('.misp-workflow-preview svg');
  }

  async importIt(): Promise<void> {
    await this.editor.page.click('#misp-workflow-import');
    await this.editor.page.waitForSelector('#misp-workflow-import', { state: 'detached' });
    await this.editor.page.waitForTimeout(300);
  }

  /** Opens the export; the blueprint that it shows. */
  async exported(): Promise<string> {
    await this.invoke('misp:export-blueprint');
    return this.written();
  }

  async written(): Promise<string> {
    await this.editor.page.waitForFunction(
      `document.querySelector('textarea.misp-workflow-text')?.value.startsWith('{')`,
    );
    return this.editor.page.inputValue('textarea.misp-workflow-text');
  }

  /** What is said to be wrong. */
  async problem(): Promise<string> {
    await this.editor.page.waitForSelector('.misp-workflow-problem');
    return (await this.editor.page.textContent('.misp-workflow-problem')) ?? '';
  }
}
