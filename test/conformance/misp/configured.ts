/** The parameters of a vector, as a node that stands for MISP's module has them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readParams, writeParams } from '../../../src/mapping/convert';
import type { MappedNode, ModuleMapping } from '../../../src/mapping/mapping';
import type { Json, JsonObject } from '../vectors';

const file = path.resolve(__dirname, '../../../dist/catalogue.json');
const catalogue = JSON.parse(readFileSync(file, 'utf8')) as MappedNode[];

const mapped = new Map(
  catalogue.flatMap((node) =>
    node.modules.map((mapping): [string, { node: MappedNode; mapping: ModuleMapping }] => [
      mapping.module,
      { node, mapping },
    ]),
  ),
);

/** In MISP a parameter that is null is not configured. */
export function withoutNull(params: Json | undefined): JsonObject {
  const entries = Object.entries((params ?? {}) as JsonObject);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** What the node's behaviour gets of a module's parameters: they become settings, and parameters again. */
export function configured(module: string, params: Json | undefined): JsonObject {
  const given = withoutNull(params);
  const found = mapped.get(module);
  if (!found) return given;
  const { settings, secrets } = readParams(found.node, found.mapping, given);
  return writeParams<JsonObject>(found.mapping, { ...defaultsOf(found.node), ...settings }, secrets);
}

/** The settings of a new node. */
function defaultsOf({ fields }: MappedNode): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
}
