import type { NodeAPI } from 'node-red';
import { WorkflowError } from '../../src/text';
import type { Saved } from '../definition';
import { migrate } from '../migrate';
import { ourTypes } from '../our-types';

/** What Node-RED's editor shows in place of a password that it does not know. */
export const UNCHANGED = '__PWRD__';

/** A config node as it is deployed, for the test of its form. */
export interface Deployed {
  settings: Saved;
  /** With the values of the environment that they name. */
  secrets: Record<string, string | undefined>;
}

/** The deployed node of a form; undefined if there is none of that type. */
export function deployedNode(RED: NodeAPI, id: string, type: string): Deployed | undefined {
  const description = ourTypes.get(type);
  const node = RED.nodes.getNode(id) as { type: string; credentials?: Deployed['secrets'] } | null;
  if (!description || node?.type !== type) return undefined;
  let settings: Saved | undefined;
  RED.nodes.eachNode((config) => {
    if (config.id === id) settings = migrate(description, config as unknown as Saved);
  });
  return settings && { settings, secrets: { ...node.credentials } };
}

/**
 * What a secret field of a form stands for: what was typed, or what was saved if it may go where the form says.
 * @param mayGo the form leads to where the secret was saved for
 * @throws {WorkflowError} if it has to be typed again
 */
export function secretOf(typed: string, saved: string | undefined, mayGo: boolean): string {
  if (typed !== UNCHANGED) return literal(typed);
  if (saved === undefined || !mayGo) throw new WorkflowError('test.typeAgain');
  return saved;
}

/**
 * A text of a form. A name of the environment is filled in by Node-RED when it deploys, not for whoever asks: what it
 * stands for would go to the address in the form.
 */
export function literal(text: string): string {
  if (/^\s*\$\{[^}]*\}\s*$/.test(text)) throw new WorkflowError('test.environment');
  return text;
}
