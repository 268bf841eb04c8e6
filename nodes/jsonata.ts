import type { Node, NodeAPI } from 'node-red';
import { bound, type Expression } from '../src/expression/bound';
import type { Message } from '../src/runs/message';

/** Reads a JSONata expression once; what is returned gives its value for a message. */
export type Jsonata = (expression: string) => (message: Message) => Promise<unknown>;

/** Node-RED's JSONata, with contexts and environment of a node, in bounds. */
export function jsonataOf(RED: NodeAPI, node: Node): Jsonata {
  return (expression) => {
    const prepared = RED.util.prepareJSONataExpression(expression, node);
    bound(prepared as unknown as Expression);
    return (message) =>
      new Promise((resolve, reject) => {
        RED.util.evaluateJSONataExpression(prepared, message, (error, value) => {
          if (error) reject(asError(error));
          else resolve(value);
        });
      });
  };
}

/** JSONata throws plain objects with a message. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  const { message } = (thrown ?? {}) as { message?: unknown };
  return new Error(typeof message === 'string' ? message : String(thrown));
}
