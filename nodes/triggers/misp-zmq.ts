import type { Gap } from '../../src/zmq/gap';
import { inSeconds } from '../../src/zmq/gap';
import type { ZmqMessage } from '../../src/zmq/message';
import type { SubscriptionSettings } from '../../src/zmq/subscription';
import { acquireSubscription } from '../../src/zmq/subscriptions';
import type { Message } from '../../src/runs/message';
import { WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import { runtimeOf } from '../runtime';
import { ZmqReport } from './zmq-report';

const MEGABYTE = 1024 * 1024;

export default defineNode(
  {
    type: 'misp-zmq',
    family: 'triggers',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: ['message', 'gap'],
    editorFile: true,
    fields: {
      address: {
        kind: 'text',
        default: 'tcp://127.0.0.1:50000',
        required: true,
        pattern: '^tcp://(\\[[0-9a-fA-F:.%]+\\]|[^\\s/:*]+):\\d{1,5}$',
        message: 'address',
      },
      topics: { kind: 'list', default: ['misp_json'], required: true },
      server: { kind: 'config', type: 'misp-server' },
      user: { kind: 'secret', secret: 'text' },
      password: { kind: 'secret', secret: 'password' },
      silence: { kind: 'number', default: 30, min: 0, max: 86400, unit: 's' },
      waiting: { kind: 'number', default: 10000, min: 1, max: 1000000, advanced: true },
      memory: { kind: 'number', default: 64, min: 1, max: 4096, unit: 'MB', advanced: true },
      largest: { kind: 'number', default: 32, min: 1, max: 512, unit: 'MB', advanced: true },
    },
  },
  (context) => {
    const { RED, node, config, secrets } = context;
    const { flows } = runtimeOf(RED);
    const lease = acquireSubscription(node.id, settingsOf());
    const { subscription } = lease;
    const report = new ZmqReport(context, subscription, config);
    const receiver = { onMessage: sendMessage, onGap: sendGap };
    // Nodes behind this one may not be there yet, or not any more.
    const onStarted = () => subscription.attach(receiver);
    const onStopping = () => subscription.detach();
    flows.on('started', onStarted);
    flows.on('stopping', onStopping);

    return {
      close(removed) {
        flows.off('started', onStarted);
        flows.off('stopping', onStopping);
        report.close();
        lease.release(removed);
      },
    };

    function settingsOf(): SubscriptionSettings {
      const topics = config.topics.map((topic) => topic.trim()).filter((topic) => topic !== '');
      if (topics.length === 0) throw new WorkflowError('zmq.noTopics');
      const { user = '', password = '' } = secrets;
      if (!user !== !password) throw new WorkflowError('zmq.noPassword');
      return {
        address: config.address.trim(),
        topics,
        user,
        password,
        silenceMs: Number(config.silence) * 1000,
        queue: { messages: Number(config.waiting), bytes: Number(config.memory) * MEGABYTE },
        messageBytes: Number(config.largest) * MEGABYTE,
      };
    }

    function sendMessage({ topic, action, data }: ZmqMessage): void {
      node.send([messageOf(topic, data, action === undefined ? {} : { action })] as never);
    }

    /** A search by these timestamps finds what changed in the gap. */
    function sendGap(gap: Gap): void {
      report.gap(gap);
      const { reason, lost } = gap;
      const [from, to] = inSeconds(gap);
      const payload = { timestamp: [from, to], from, to, reason, lost };
      node.send([null, messageOf('gap', payload, {})] as never);
    }

    function messageOf(topic: string, payload: unknown, more: object): Message {
      const server = config.server ? { server: config.server } : {};
      const misp = { topic, ...more, ...server, blocking: false, test: false };
      return { _msgid: RED.util.generateId(), topic, payload, misp };
    }
  },
);
