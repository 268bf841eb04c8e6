import type { Answer, MispQuestions, ServerValues } from '../nodes/plugin/api';
import { ask } from './ask';
import { secretsOf } from './known-secrets';
import { settingOf } from './open-form';

/** A MISP to ask: as it is deployed, or with the values that the editor has of it. */
export interface Misp {
  id: string;
  /** Of a node that is new or was changed since the last deploy. */
  form?: ServerValues;
}

/** What Node-RED's editor shows in place of a password that it does not know: the saved one, if there is one. */
const UNCHANGED = '__PWRD__';

/** Config nodes of the workspace that stand for a MISP. */
function knownServers(): EditorNode[] {
  const servers: EditorNode[] = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === 'misp-server') servers.push(config);
  });
  return servers;
}

/**
 * The MISP that a form's widgets search: the one chosen in the form, else the only one there is. Where there are
 * several, a small select is shown in `place`.
 * @returns how to read it; undefined if there is none
 */
export function mispOf(prefix: string, place: JQuery, label: string): () => Misp | undefined {
  const chosen = $(`#${prefix}server`);
  const servers = knownServers();
  const offered = servers.length > 1 && chosen.length === 0;
  const select = offered
    ? $('<select class="misp-which">').attr('aria-label', label).appendTo(place)
    : undefined;
  if (select)
    for (const { id, name, url } of servers)
      $('<option>')
        .val(id)
        .text(name || String(url))
        .appendTo(select);
  return () => {
    if (select) return mispById(select.val());
    // A node that was made or taken away meanwhile counts too.
    const present = knownServers();
    return mispById(chosen.val()) ?? (present.length === 1 ? mispById(present[0].id) : undefined);
  };
}

/** A MISP by the id of its config node; undefined if there is none of that id. */
export function mispById(id: string): Misp | undefined {
  const node = id ? RED.nodes.node(id) : undefined;
  if (node?.type !== 'misp-server') return undefined;
  return node.changed ? { id, form: valuesOf(node) } : { id };
}

/** Asks a MISP for something. */
export function askMisp<P extends keyof MispQuestions>(
  path: P,
  { id, form }: Misp,
  params: Record<string, string>,
  question: MispQuestions[P],
): JQueryRequest<Answer<`GET ${P}`>> {
  const asked = form
    ? ask(`POST ${path}` as 'POST /pickers/:source', {
        params: params as { source: string },
        body: { ...question, form } as never,
      })
    : ask(`GET ${path}` as 'GET /pickers/:source', {
        params: params as { source: string },
        query: { ...question, server: id } as never,
      });
  return asked;
}

function valuesOf(node: EditorNode): ServerValues {
  const text = (name: string) => {
    const value = settingOf(node, name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const secrets = secretsOf(node);
  const secret = (name: string) => {
    const typed = secrets?.[name];
    if (typeof typed === 'string') return typed;
    return secrets && !secrets[`has_${name}`] ? '' : UNCHANGED;
  };
  return {
    id: node.id,
    ...{ url: text('url'), tls: text('tls'), timeout: text('timeout'), answerLimit: text('answerLimit') },
    ...{ apiKey: secret('apiKey'), proxy: secret('proxy'), headerSecret: secret('headerSecret') },
    verify: settingOf(node, 'verify') !== false,
    headers: settingOf(node, 'headers'),
  };
}
