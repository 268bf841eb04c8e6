import { EventEmitter } from 'node:events';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import type { ToldAction } from '../../src/actions/in-words';
import { idOf, node, tab } from './flows';
import { type LogLine } from './log';
import { until } from './until';
import { deploy, startNodeRed } from './node-red';
import { TestMailServer } from './smtp';

export const MAIL_LOGIN = { user: 'misp', password: 'SentinelMailPassword' };

export interface MailedMessage extends Record<string, unknown> {
  misp: { result: ToldAction };
}

interface MailNodeSettings extends Record<string, unknown> {
  /** Settings of the mail server; `false` for none. */
  smtp?: object | false;
  password?: string;
  /** Where the MISP is. */
  url?: string;
  /** Key of the MISP where users are looked up. */
  key?: string;
}

/** A node that mails, in a real Node-RED, before a real SMTP server and a stand-in MISP, and all that is seen of it. */
export class MailNodeTest {
  readonly sent: MailedMessage[] = [];
  readonly errors: string[] = [];
  /** Everything that is logged, and every status. */
  readonly seen: string[] = [];

  private constructor(
    readonly nodeRed: Awaited<ReturnType<typeof startNodeRed>>,
    readonly misp: StandInMisp,
    readonly smtp: TestMailServer,
  ) {}

  static async start(): Promise<MailNodeTest> {
    const take = (message: MailedMessage) => test.sent.push(message);
    const caught = (message: { error: { message: string } }) => test.errors.push(message.error.message);
    const nodeRed = await startNodeRed({ settings: { functionGlobalContext: { take, caught } } });
    const misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    const test = new MailNodeTest(nodeRed, misp, await TestMailServer.start({ login: MAIL_LOGIN }));
    const handler = new EventEmitter();
    handler.on('log', (line: LogLine) => test.seen.push(String(line.msg)));
    nodeRed.RED.log.addHandler(handler);
    nodeRed.RED.events.on('node-status', (status: object) => test.seen.push(JSON.stringify(status)));
    return test;
  }

  async stop(): Promise<void> {
    await this.nodeRed.stop();
    await this.smtp.stop();
    await this.misp.close();
  }

  /** Deploys the node with something behind it, and somebody who catches its errors. */
  async deploy({
    smtp = {},
    password,
    key = API_KEY,
    url = this.misp.url,
    ...fields
  }: MailNodeSettings = {}): Promise<void> {
    const server = {
      host: '127.0.0.1',
      port: this.smtp.port,
      security: 'starttls',
      verify: false,
      timeout: 2,
    };
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url, timeout: 2, verify: true },
      ...(smtp
        ? [{ id: 'smtp', type: 'misp-mail-server', from: 'misp@example.org', ...server, ...smtp }]
        : []),
      node('tested', 'misp-email', [['take']], { mailServer: 'smtp', server: 'misp', ...fields }),
      node('take', 'function', [[]], { func: "global.get('take')(msg);", outputs: 1 }),
      node('catch', 'catch', [['caught']], { scope: ['tested'] }),
      node('caught', 'function', [[]], { func: "global.get('caught')(msg);", outputs: 1 }),
    ];
    const login = { ...MAIL_LOGIN, ...(password ? { password } : {}) };
    await deploy(this.nodeRed.RED, flow, { misp: { apiKey: key }, smtp: login });
    for (const list of [this.sent, this.errors, this.smtp.mails]) list.length = 0;
  }

  /** Sends a message through the node, and waits until it has come out. */
  async send(message: object): Promise<MailedMessage> {
    const before = this.sent.length;
    this.nodeRed.RED.nodes.getNode(idOf('tested'))?.receive(structuredClone(message));
    await until(() => this.sent.length > before, 8000);
    return this.sent[before];
  }

  /** Sends a message that is to fail: it goes on all the same, and a Catch node is told why. */
  async fail(message: object): Promise<string> {
    await this.send(message);
    await until(() => this.errors.length > 0);
    return this.errors[0];
  }

  /** Everything that somebody without the credentials can see. */
  async visible(): Promise<string> {
    const flows = await (await fetch(`${this.nodeRed.url}/admin/flows`)).text();
    return [...this.seen, ...this.errors, JSON.stringify(this.sent), flows].join('\n');
  }
}
