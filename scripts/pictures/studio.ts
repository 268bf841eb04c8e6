import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { openEditor, type Editor } from '../../test/editor/browser';
import { freePort } from '../../test/support/misp';
import { root, type FlowNode } from '../../test/support/node-red';
import * as camera from './camera';

const LOGIN = { user: 'misp', password: 'a password' };

/** A real editor, with a stand-in MISP that its flows are connected to. */
export class Studio {
  private constructor(
    readonly editor: Editor,
    readonly misp: StandInMisp,
    private readonly port: number,
  ) {}

  private latest = '';

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
    this.latest = '';
    await this.editor.open(connected, Object.fromEntries(connected.map(({ id }) => [id, secrets])));
    await this.page.waitForTimeout(SETTLES_MS);
    return connected;
  }

  /** What is only done if nothing else was since. */
  async once(what: string, doIt: () => Promise<unknown>): Promise<void> {
    if (this.latest === what) return;
    await doIt();
    this.latest = what;
  }

  /** MISP publishes an event, and asks the module of the flow. */
  async publish(event: string, module: string): Promise<void> {
    this.misp.workflows['event-publish'] = { module };
    await this.misp.publish(event);
    await this.page.waitForTimeout(SETTLES_MS);
  }

  /** The drawing of the open tab. */
  drawing(): Promise<Buffer> {
    return camera.ofDrawing(this.page);
  }

  /** The form of a node, by its id. */
  async form(id: string): Promise<Buffer> {
    await this.editor.edit(id);
    const form = await camera.ofForm(this.page);
    await this.editor.cancel();
    return form;
  }

  /** Each of these in the editor, and what lies between them. */
  part(selector: string, margin = PART_MARGIN): Promise<Buffer> {
    return camera.of(this.page, selector, margin);
  }

  /** The page of the stand-in MISP, for as long as somebody works there. */
  async standIn<T>(work: (page: Page, look: () => Promise<Buffer>) => Promise<T>): Promise<T> {
    const page = await this.page.context().newPage();
    await page.setViewportSize({ width: 960, height: 900 });
    await page.goto(this.misp.url);
    const result = await work(page, () => camera.of(page, 'header, main > .card', PART_MARGIN));
    await page.close();
    return result;
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
