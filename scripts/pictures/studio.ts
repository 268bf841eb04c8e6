import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { openEditor, type Editor } from '../../test/editor/browser';
import { freePort } from '../../test/support/misp';
import { root, type FlowNode } from '../../test/support/node-red';
import * as camera from './camera';

const IMAGES = path.join(root, 'docs/images');
const LOGIN = { user: 'misp', password: 'a password' };

/** A real editor, with a stand-in MISP that its flows are connected to. */
export class Studio {
  private constructor(
    readonly editor: Editor,
    readonly misp: StandInMisp,
    private readonly port: number,
  ) {}

  static async open(colours: 'light' | 'dark'): Promise<Studio> {
    const port = await freePort();
    const url = `http://${LOGIN.user}:${encodeURIComponent(LOGIN.password)}@127.0.0.1`;
    const misp = await startStandInMisp({ port: 0, actionService: { url, port } });
    const editor = await openEditor(colours, [], {}, { deviceScaleFactor: SCALE });
    return new Studio(editor, misp, port);
  }

  get page() {
    return this.editor.page;
  }

  /** Deploys an example of this package, connected to the stand-in. What is left to fill in stays empty. */
  async example(name: string): Promise<FlowNode[]> {
    const text = readFileSync(path.join(root, 'examples', `${name}.json`), 'utf8');
    return this.flow(JSON.parse(text) as FlowNode[]);
  }

  /** Deploys a flow, connected to the stand-in. */
  async flow(nodes: FlowNode[]): Promise<FlowNode[]> {
    const connected = nodes.map((node) => {
      if (node.type === 'misp-listener') return { ...node, port: this.port };
      return node.type === 'misp-server' ? { ...node, url: this.misp.url } : node;
    });
    const secrets = { ...LOGIN, apiKey: API_KEY };
    await this.editor.open(connected, Object.fromEntries(connected.map(({ id }) => [id, secrets])));
    await this.page.waitForTimeout(SETTLES_MS);
    return connected;
  }

  /** MISP publishes an event, and asks the module of the flow. */
  async publish(event: string, module: string): Promise<void> {
    this.misp.workflows['event-publish'] = { module };
    await this.misp.publish(event);
    await this.page.waitForTimeout(SETTLES_MS);
  }

  /** Where a picture is kept. */
  file(name: string): string {
    return path.join(IMAGES, `${name}.png`);
  }

  drawing(name: string): Promise<void> {
    return camera.ofDrawing(this.page, this.file(name));
  }

  /** The form of a node, by its id. */
  async form(name: string, id: string): Promise<void> {
    await this.editor.edit(id);
    await camera.ofForm(this.page, this.file(name));
    await this.editor.cancel();
  }

  /** Each of these in the editor, and what lies between them. */
  part(name: string, selector: string, margin = PART_MARGIN): Promise<void> {
    return camera.of(this.page, this.file(name), selector, margin);
  }

  /** The page of the stand-in MISP. */
  async standIn(name: string, act: (page: Page) => Promise<void>): Promise<void> {
    const page = await this.page.context().newPage();
    await page.setViewportSize({ width: 960, height: 900 });
    await page.goto(this.misp.url);
    await act(page);
    await camera.of(page, this.file(name), 'header, main > .card', PART_MARGIN);
    await page.close();
  }

  async close(): Promise<void> {
    await this.editor.close();
    await this.misp.close();
  }
}

/** Sharp on any screen. */
const SCALE = 2;
const PART_MARGIN = 9;
/** Until statuses and checks have come. */
const SETTLES_MS = 1200;
