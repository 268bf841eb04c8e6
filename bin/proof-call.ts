import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { text, words, WorkflowError } from '../src/text';
import type { NodeRedSettings } from './node-red-api';

const OPTIONS = {
  'node-red': { type: 'string' },
  'token-file': { type: 'string' },
  url: { type: 'string' },
  'key-file': { type: 'string' },
  trigger: { type: 'string', default: 'event-publish' },
  module: { type: 'string' },
  dead: { type: 'boolean', default: false },
  insecure: { type: 'boolean', default: false },
  'ca-file': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What a call of `proof` asks for. */
export interface ProofCall {
  nodeRed: NodeRedSettings;
  /** The module of the trigger node. */
  module: string;
  /** The address of the MISP, if the flows have several. */
  url?: string;
  /** The key of a site admin; empty if that of the MISP server node is one. */
  key: string;
  dead: boolean;
  dryRun: boolean;
}

/** Reads a call. @returns `help`, or in words what is wrong with it */
export function readProofCall(args: string[]): ProofCall | string {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.help) return 'help';
    const { trigger, module, url, dead, 'key-file': keyFile, 'ca-file': ca } = values;
    const tokenFile = values['token-file'];
    return {
      nodeRed: {
        ...{ url: addressOf(values['node-red']), verify: !values.insecure },
        ...(tokenFile ? { token: lineOf(tokenFile) } : {}),
        ...(ca ? { ca: readFileSync(ca, 'utf8') } : {}),
      },
      module: module ?? `nodered_${trigger.replaceAll('-', '_')}`,
      ...(url === undefined ? {} : { url }),
      key: keyFile === undefined ? '' : lineOf(keyFile),
      ...{ dead, dryRun: values['dry-run'] },
    };
  } catch (error) {
    return error instanceof Error ? error.message : words(text('command.error'));
  }
}

function addressOf(address = ''): URL {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) throw new WorkflowError('command.nodeRed');
  return new URL(address);
}

/** A secret in a file of its own, without the end of the line. */
const lineOf = (file: string): string => readFileSync(file, 'utf8').trim();
