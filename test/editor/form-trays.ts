import type { Page } from 'playwright-core';
import type { Description } from '../../nodes/definition';
import { definitions } from '../support/definitions';
import { TRAY_MS, type Editor } from './browser';
import { idOf, tab, withDefaults } from './flows';

/** A node of every type, as it comes from the palette. */
export const flow = [tab, ...definitions.map(({ description }) => withDefaults(description))];

/** The forms of nodes and of config nodes. */
export const FORM = '#node-config-dialog-edit-form, #dialog-form';
/** What of their texts is ours. */
export const OURS =
  '.misp-tip, .misp-hint, .misp-preview, .misp-describe, .misp-problem, .misp-options, .misp-setting';

export const prefixOf = (description: Description) =>
  description.family === 'config' ? '#node-config-input-' : '#node-input-';

export async function openForm({ page }: Editor, { family, type }: Description): Promise<void> {
  await page.evaluate(
    ([isConfig, nodeType, id]) => {
      const { RED } = globalThis as unknown as { RED: EditorApi };
      if (isConfig) RED.editor.editConfig('', nodeType as string, id as string);
      else RED.editor.edit(RED.nodes.node(id as string));
    },
    [family === 'config', type, idOf(type)],
  );
  await page.waitForSelector(family === 'config' ? '#node-config-dialog-ok' : '#node-dialog-ok');
  await page.waitForTimeout(TRAY_MS);
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
}

export async function done({ page }: Editor, { family }: Description): Promise<void> {
  await leave(page, family === 'config' ? '#node-config-dialog-ok' : '#node-dialog-ok');
}

export async function cancel({ page }: Editor, { family }: Description): Promise<void> {
  await leave(page, family === 'config' ? '#node-config-dialog-cancel' : '#node-dialog-cancel');
}

async function leave(page: Page, button: string): Promise<void> {
  await page.click(button);
  await page.waitForSelector(button, { state: 'detached' });
}

export interface EditorApi {
  editor: { edit(node: unknown): void; editConfig(name: string, type: string, id: string): void };
  nodes: {
    node(id: string): Record<string, unknown>;
    createExportableNodeSet(nodes: unknown[]): unknown;
    createCompleteNodeSet(options: object): unknown;
  };
}
