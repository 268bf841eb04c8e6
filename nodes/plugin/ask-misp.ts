import type { NodeAPI } from 'node-red';
import type { MispClient } from '../../src/misp/client';
import type { ServerNode } from '../config/misp-server';
import type { Answer, MispQuestions } from './api';
import { textField } from './body';
import { recordOf, serve } from './route';
import { clientOfForm } from './server-form';

type Path = keyof MispQuestions;
type Found<P extends Path> = Promise<Answer<`GET ${P}`>> | undefined;
type Params<P extends Path> = P extends `${string}:source${string}` ? { source: string } : object;

/** Asks a MISP. @param question what is asked: the names are known, the values may be anything */
type Ask<P extends Path> = (
  client: MispClient,
  params: Params<P>,
  question: Partial<Record<keyof MispQuestions[P], unknown>>,
) => Found<P>;

/**
 * Serves a question to a MISP, twice: GET asks one that is deployed, POST the one of a form, as the editor has it before
 * it is deployed. The latter goes to any address: that is more than reading.
 */
export function serveMisp<P extends Path>(RED: NodeAPI, path: P, ask: Ask<P>): void {
  type Get = Answer<'GET /modules'> | Answer<'GET /pickers/:source'>;
  const answer = ask as unknown as (
    client: MispClient,
    params: object,
    question: object,
  ) => Promise<Get> | undefined;
  serve(
    RED,
    `GET ${path}` as 'GET /modules',
    { permission: 'misp.read' },
    ({ params, query }): Promise<never> | never | undefined => {
      const client = deployedMisp(RED, query.server);
      if (!client) return { problem: 'notDeployed' } as never;
      return answer(client, params, query) as Promise<never> | undefined;
    },
  );
  serve(
    RED,
    `POST ${path}` as 'POST /modules',
    { permission: 'misp.write' },
    async ({ params, body }): Promise<never> => {
      const client = clientOfForm(RED, recordOf(body.form));
      try {
        return (await answer(client, params, body)) as never;
      } finally {
        client.close();
      }
    },
  );
}

/** The client of a deployed MISP. */
export function deployedMisp(RED: NodeAPI, id: unknown): MispClient | undefined {
  const server = RED.nodes.getNode(textField(id)) as ServerNode | null;
  // Nodes of other packages may have a client of their own.
  return server?.type === 'misp-server' ? server.client : undefined;
}
