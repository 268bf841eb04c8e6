import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '../../nodes/migrate';
import { definitions, pkg } from '../support/definitions';
import { root } from '../support/node-red';

/** A text by its dotted key, or undefined. */
function textOf(texts: object, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], texts);
}

const examples = readdirSync(path.join(root, 'examples')).map((file) => ({
  file,
  nodes: JSON.parse(readFileSync(path.join(root, 'examples', file), 'utf8')) as { type: string }[],
}));

for (const { type, description, built, source, texts, html } of definitions) {
  describe(`the definition of ${type}`, () => {
    const { fields, family } = description;
    const has = (key: string) => {
      const text = textOf(texts, key);
      assert.ok(typeof text === 'string' && text !== '', `no text ${key}`);
    };

    it('is what package.json says, in a file of its name in its family', () => {
      assert.equal(description.type, type);
      assert.equal(path.basename(source), type);
      assert.equal(path.basename(path.dirname(source)), family);
      assert.match(type, /^misp-[a-z-]+$/);
    });

    it('has no field that the editor of Node-RED keeps for itself', () => {
      const own = [
        'id',
        'type',
        'z',
        'g',
        'd',
        'l',
        'x',
        'y',
        'w',
        'h',
        'wires',
        'users',
        'valid',
        'changed',
        'dirty',
        'env',
      ];
      assert.deepEqual(
        Object.keys(fields).filter((name) => own.includes(name)),
        [],
      );
    });

    it('has a spec that drives it in a real Node-RED', () => {
      const spec = path.join(root, 'test/flows', `${type}.test.ts`);
      assert.ok(existsSync(spec), spec);
      assert.match(readFileSync(spec, 'utf8'), new RegExp(`describe(Logic|Filter)?\\('${type}'`));
    });

    it('has help with its headings', () => {
      const help = readFileSync(`${source}.md`, 'utf8');
      assert.match(help, /^### Details$/m);
      if (family !== 'config') assert.match(help, /^### Inputs$/m);
      if (family !== 'config') assert.match(help, /^### Outputs$/m);
      const built = html
        .split('data-help-name')[1]
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
      for (const name of Object.keys(fields)) {
        const label = textOf(texts, `fields.${name}.label`) as string;
        assert.ok(built.includes(label), `the help does not name ${label}`);
      }
    });

    it('has an example with it', () => {
      assert.ok(examples.some(({ nodes }) => nodes.some((node) => node.type === type)));
    });

    it('has all its texts', () => {
      has('name');
      has('fields.name.label');
      for (const [name, field] of Object.entries(fields)) {
        has(`fields.${name}.label`);
        if (field.kind === 'select')
          for (const option of field.options) has(`fields.${name}.options.${option}`);
        if (field.kind === 'select' && field.describe) {
          for (const option of field.options) has(`fields.${name}.describe.${option}`);
        }
        if (field.kind === 'list' || field.kind === 'params') has(`fields.${name}.add`);
        if (field.kind === 'list' || field.kind === 'picker') has(`fields.${name}.placeholder`);
        if (field.kind === 'text' && field.message) has(`problems.${field.message}`);
        if (field.kind === 'number' && field.unit) has(`units.${field.unit}`);
      }
      for (const output of description.outputs) has(`outputs.${output}`);
      const labelBy = description.labelBy && fields[description.labelBy];
      if (labelBy && labelBy.kind === 'select') for (const option of labelBy.options) has(`label.${option}`);
    });

    it('has the texts of its status', () => {
      const code = readFileSync(`${source}.ts`, 'utf8');
      for (const [, key] of code.matchAll(/\.status\(\s*'(\w+)'/g)) has(`status.${key}`);
    });

    it('has an icon', () => {
      if (family === 'config') return;
      const icon = path.join(path.dirname(built), 'icons', `${type}.svg`);
      assert.match(readFileSync(icon, 'utf8'), /<svg .*fill="#fff"/s);
    });

    it('shows no text that is not in the locales', () => {
      const form = /data-template-name="[^"]*">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
      assert.equal(form.replace(/<[^>]*>/g, '').trim(), '');
      for (const [, key] of form.matchAll(/data-i18n="(?:\[\w+\])?[\w-]+\.([\w.-]+)"/g)) {
        assert.equal(typeof textOf(texts, key), 'string', key);
      }
    });

    it('refers only to fields and values that exist', () => {
      for (const field of Object.values(fields)) {
        for (const [other, wanted] of [field.when ?? {}].flat().flatMap((one) => Object.entries(one))) {
          const target = fields[other];
          assert.ok(target, other);
          if (target.kind !== 'select') continue;
          for (const value of [wanted].flat())
            assert.ok(target.options.includes(String(value)), String(value));
        }
      }
    });

    it('fills in what an old flow does not have', () => {
      const settings = migrate(description, { id: 'x' });
      for (const [name, field] of Object.entries(fields)) {
        const isMigrated = description.migrations?.some(({ map }) => map?.[name]?.undefined !== undefined);
        if ('default' in field && !isMigrated) assert.deepEqual(settings[name], field.default);
      }
    });
  });
}

describe('the package', () => {
  it('lists every definition, and nothing else', () => {
    const sources = readdirSync(path.join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
      .map((file) => path.basename(file))
      .filter((file) => /^misp-[a-z-]+\.ts$/.test(file));
    const listed = [...Object.values(pkg['node-red'].nodes), ...Object.values(pkg['node-red'].plugins)];
    assert.deepEqual(sources.sort(), listed.map((file) => path.basename(file).replace('.js', '.ts')).sort());
  });

  it('has at most six dependencies', () => {
    assert.ok(Object.keys(pkg.dependencies ?? {}).length <= 6);
  });
});

describe('visible text', () => {
  const files = ['nodes', 'src', 'editor'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|js)$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  const literal =
    /(?:new (?:Workflow)?Error\(|\.(?:error|warn|log|notify)\(|\btext: |\.text\(|placeholder: )\s*['"`](?=[^'"`]*\s)[^'"`]+/g;
  /** Texts for whoever writes code, which no user can cause or see. */
  const allowed = [/This file is started as a worker thread/];

  for (const file of files) {
    it(`stands in the locales, not in ${file}`, () => {
      const found = readFileSync(path.join(root, file), 'utf8').match(literal) ?? [];
      assert.deepEqual(
        found.filter((text) => !allowed.some((pattern) => pattern.test(text))),
        [],
      );
    });
  }
});
