import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import workflows from '../fixtures/workflow-params.json';
import modules from '../../sandbox/misp/data/workflow-modules.json';
import { readParams, writeParams } from '../../src/mapping/convert';
import { moduleFor, paramsIn, type MappedNode, type ModuleMapping } from '../../src/mapping/mapping';
import { UNMAPPED } from '../../src/mapping/unmapped';
import { TRIGGERS } from '../../src/triggers/triggers';
import { root } from '../support/node-red';

type Values = Record<string, unknown>;

const catalogue = JSON.parse(readFileSync(path.join(root, 'dist/catalogue.json'), 'utf8')) as MappedNode[];
const all = catalogue.flatMap((node) => node.modules.map((mapping) => ({ node, mapping })));
const recorded = Object.values(modules) as unknown as {
  id: string;
  support_filters: boolean;
  params: { id: string; default?: unknown }[];
}[];

/** Every set of parameters that saved workflows and the vectors have for a module. */
function recordedParams(module: string): Values[] {
  const folder = path.join(root, 'test/conformance/vectors');
  const found = readdirSync(folder).flatMap((file) => {
    if (!file.endsWith('.json')) return [];
    const area = path.basename(file, '.json');
    const { vectors } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { vectors?: unknown };
    const list = Array.isArray(vectors) ? (vectors as { input?: Values }[]) : [];
    return list.map(({ input }) => ({ area, input }));
  });
  const saved = workflows.filter((one) => one.module === module).map(({ params }): Values => params);
  const asked = found.flatMap(({ area, input }): Values[] => {
    const about = (input ?? {}) as {
      module?: string;
      params?: Values;
      steps?: { add?: Values; reset?: Values }[];
    };
    if (module === 'generic-filter-data') return (about.steps ?? []).flatMap(({ add }) => (add ? [add] : []));
    if (module === 'generic-filter-reset')
      return (about.steps ?? []).flatMap(({ reset }) => (reset ? [reset] : []));
    return (about.module ?? area) === module && about.params ? [about.params] : [];
  });
  return [...saved, ...asked];
}

/** What the node has for parameters, and what it makes of it for MISP. */
function roundTrip({ node, mapping }: { node: MappedNode; mapping: ModuleMapping }, params: Values) {
  const read = readParams(node, mapping, params);
  return { read, params: writeParams(mapping, read.settings, read.secrets) };
}

/** The same value in the ways that MISP's workflows write it. */
function plain(mapping: ModuleMapping, id: string, value: unknown): unknown {
  const param = new Map(paramsIn(mapping)).get(id);
  const word = param?.words?.find(([own]) => own === value);
  if (word) return param?.words?.find(([, setting]) => setting === word[1])?.[0];
  if (param?.form === 'headers') return headerLines(value);
  if ((param?.form === 'text' || param?.form === 'number') && typeof value === 'number') return String(value);
  if (param?.form?.startsWith('list') || param?.form === 'one') return plainList(param.form, value);
  return value;
}

function headerLines(value: unknown): unknown {
  const lines = String(value)
    .split('\n')
    .filter((line) => line.includes(':'));
  return lines.map((line) => line.replace(/\s*:\s*/, ': ').trim()).join('\n');
}

function plainList(form: string, value: unknown): unknown {
  if (value === '' || (form === 'listOrOne' && (value === 0 || value === '0'))) return [];
  if (typeof value === 'object' && value !== null) {
    const items: unknown[] = Object.values(value);
    const isPlain = items.every((item) => typeof item === 'string' || typeof item === 'number');
    return isPlain ? items.map(String) : value;
  }
  return form === 'listOrOne' ? [String(value)] : value;
}

describe('the modules of MISP in the definitions', () => {
  it('are all that a MISP has, or there is a reason', () => {
    const mapped = new Set(all.map(({ mapping }) => mapping.module));
    for (const id of [...recorded.map((module) => module.id), ...TRIGGERS.map((trigger) => trigger.id)]) {
      assert.ok(mapped.has(id) !== Boolean(UNMAPPED[id]), `${id} has a mapping and a reason, or neither`);
    }
  });

  it('have only one node each', () => {
    const ids = all.map(({ mapping }) => mapping.module);
    assert.deepEqual(ids, [...new Set(ids)]);
  });

  for (const each of all) {
    const { node, mapping } = each;
    describe(`${mapping.module} as ${node.type}`, () => {
      const own = recorded.find(({ id }) => id === mapping.module);

      it('names settings that the node has', () => {
        const { when = {}, beyond = {}, set = {}, filter } = mapping;
        const settings = paramsIn(mapping).map(([, { setting }]) => setting);
        const names = [
          ...settings,
          ...Object.keys({ ...when, ...beyond, ...set }),
          ...(filter ? [filter] : []),
        ];
        for (const name of names) assert.ok(node.fields[name], name);
      });

      it('has a setting for each of its parameters, and its filter', () => {
        const names = new Set(Object.keys(mapping.params));
        for (const { id } of own?.params ?? []) assert.ok(names.has(id), id);
        if (own) assert.equal(Boolean(mapping.filter), own.support_filters);
      });

      it('is what the node stands for with its settings', () => {
        const { settings } = readParams(node, mapping, {});
        const defaults = Object.entries(node.fields).map(([name, field]) => [name, field.default]);
        const found = moduleFor(node, { ...(Object.fromEntries(defaults) as Values), ...settings });
        const twins = ['send-log-mail', 'send-mail'];
        if (!twins.includes(mapping.module)) assert.equal(found?.module, mapping.module);
      });

      it("takes MISP's default for what is not configured", () => {
        const { settings } = readParams(node, mapping, {});
        for (const { id, default: fallback } of own?.params ?? []) {
          const param = new Map(paramsIn(mapping)).get(id);
          if (!param || node.fields[param.setting].kind === 'secret') continue;
          const explicit = readParams(node, mapping, { [id]: fallback ?? '' }).settings[param.setting];
          const left = settings[param.setting] ?? node.fields[param.setting].default;
          const isNone = (value: unknown) => value === '' || (Array.isArray(value) && value.length === 0);
          if (isNone(explicit) && isNone(left)) continue;
          assert.deepEqual(left, explicit, id);
        }
      });

      it('gives the parameters of the recorded workflows back', () => {
        for (const params of recordedParams(mapping.module)) {
          const back = roundTrip(each, params).params;
          for (const id of Object.keys(mapping.params)) {
            const value = params[id] ?? undefined;
            if (value === undefined) continue;
            assert.deepEqual(back[id], plain(mapping, id, value), `${id} of ${JSON.stringify(params)}`);
          }
          assert.deepEqual(roundTrip(each, back).params, back);
        }
      });

      it('gives their filters back', () => {
        if (!mapping.filter) return;
        for (const { filters } of workflows.filter(({ module }) => module === mapping.module)) {
          const { settings } = readParams(node, mapping, {}, filters);
          assert.deepEqual(settings[mapping.filter], filters);
        }
      });
    });
  }

  it('say of what workflows save what the node could not hold, and what it does not know', () => {
    for (const { module, params } of workflows) {
      const found = all.find(({ mapping }) => mapping.module === module);
      if (!found) {
        assert.ok(UNMAPPED[module], module);
        continue;
      }
      const { unfit, unknown } = readParams(found.node, found.mapping, params);
      assert.deepEqual({ module, unfit, unknown }, { module, unfit: [], unknown: [] });
    }
    const organisation = all.find(({ mapping }) => mapping.module === 'organisation-if')!;
    const { unfit, unknown } = readParams(organisation.node, organisation.mapping, {
      condition: 'maybe',
      colour: 'red',
    });
    assert.deepEqual([unfit, unknown], [['condition'], ['colour']]);
  });
});
