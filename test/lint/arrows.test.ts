import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import ts from 'typescript';
import { root } from '../support/node-red';

/** Each is an arrow that must not be there: where it starts, and the import. */
const BAD: [string, string][] = [
  ['src/logic/sample.ts', "import { MispClient } from '../misp/client'"],
  ['src/logic/sample.ts', "import type { MispClient } from '../misp/client'"],
  ['src/logic/sample.ts', "export { MispClient } from '../misp/client'"],
  ['src/logic/sample.ts', "export * from '../misp/client'"],
  ['src/logic/sample.ts', "export const client = import('../misp/client')"],
  ['src/logic/sample.ts', "export type Client = import('../misp/client').MispClient"],
  ['src/logic/sample.ts', "import misp = require('../misp/client'); misp.x()"],
  ['src/logic/sample.ts', "require('../misp/client')"],
  ['src/logic/sample.ts', "import { MispClient } from '../../src/misp/client'"],
  ['src/logic/sample.ts', "import { MispClient } from './../event/../misp/client'"],
  ['src/event/sample.ts', "import { uptime } from '../clock'"],
  ['src/event/sample.ts', "import { HttpClient } from '../http/client'"],
  ['src/text.ts', "import { isRecord } from './event/values'"],
  ['src/http/sample.ts', "import { explain } from '../misp/errors'"],
  ['src/http/sample.ts', "import { bodyOf } from '../notify/webhook/answer'"],
  ['src/http/sample.ts', "import { Query } from '../listener/query'"],
  ['src/template/sample.ts', "import { MispClient } from '../misp/client'"],
  ['src/template/sample.ts', "import { bodyOf } from '../notify/webhook/answer'"],
  ['src/misp/sample.ts', "import { bodyOf } from '../notify/webhook/answer'"],
  ['src/misp/carry-out/sample.ts', "import { bodyOf } from '../../notify/webhook/answer'"],
  ['src/actions/sample.ts', "import { MispClient } from '../misp/client'"],
  ['src/runs/sample.ts', "import { Query } from '../listener/query'"],
  ['src/listener/sample.ts', "import { triggers } from '../triggers/triggers'"],
  ['src/misp/sample.ts', "import { defineNode } from '../../nodes/adaptor'"],
  ['src/misp/sample.ts', "import { MispServer } from '../../sandbox/misp/server'"],
  ['src/misp/sample.ts', "import axios from 'axios'"],
  ['nodes/actions/sample.ts', "import axios from 'axios'"],
  ['src/new-room/sample.ts', "import { isRecord } from '../event/values'"],
];
const GOOD: [string, string][] = [
  ['src/misp/sample.ts', "import { HttpClient } from '../http/client'"],
  ['src/misp/carry-out/sample.ts', "import { sleep } from '../../http/repeat'"],
  ['src/notify/chat/sample.ts', "import { bodyOf } from '../webhook/answer'"],
  ['src/http/sample.ts', "import axios from 'axios'"],
  ['src/http/sample.ts', "import { text } from '../text'"],
  ['src/event/sample.ts', "import { text } from '../text'"],
  ['src/text.ts', "import messages from '../locales/en-US/messages.json'"],
  ['nodes/actions/sample.ts', "import { HttpSender } from '../../src/notify/webhook/sender'"],
];

describe('the arrows of the house', function () {
  this.timeout(60000);
  // Which room imports which needs no types, and the samples are no files.
  const eslint = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked });
  const RULES = ['house/arrows', 'no-restricted-imports'];
  const problemsOf = async (file: string, code: string) => {
    const [{ messages }] = await eslint.lintText(code, { filePath: path.join(root, file) });
    assert.ok(!messages.some(({ fatal }) => fatal), `${code}: ${messages[0]?.message}`);
    return messages.filter(({ ruleId }) => RULES.includes(ruleId ?? '')).map(({ message }) => message);
  };
  const arrows = async () => {
    const { rules } = (await eslint.calculateConfigForFile('src/text.ts')) as {
      rules: { 'house/arrows': [number, Record<string, string[]>] };
    };
    const [severity, plan] = rules['house/arrows'];
    assert.equal(severity, 2);
    return plan;
  };

  for (const [file, code] of BAD) {
    it(`refuses in ${path.dirname(file)}: ${code}`, async () => {
      assert.equal((await problemsOf(file, code)).length, 1);
    });
  }

  it('takes those that point down', async () => {
    for (const [file, code] of GOOD) assert.deepEqual(await problemsOf(file, code), [], `${file}: ${code}`);
  });

  it('refuses every arrow that is not in the plan, in each direction', async () => {
    const plan = await arrows();
    let refused = 0;
    for (const from of Object.keys(plan)) {
      for (const to of Object.keys(plan).filter((room) => room !== from)) {
        const code = `import '../${to}/sample'`;
        const count = (await problemsOf(`src/${from}/sample.ts`, code)).length;
        assert.equal(count, plan[from].includes(to) ? 0 : 1, `${from} -> ${to}`);
        refused += count;
      }
    }
    assert.ok(refused > 150, String(refused));
  });

  it('has a plan for every room, and no way back in it', async () => {
    const plan = await arrows();
    const rooms = readdirSync(path.join(root, 'src')).map((name) => name.replace(/\.ts$/, ''));
    assert.deepEqual(Object.keys(plan).sort(), rooms.sort());
    // Each room stands on those that are named before it.
    const before = new Set<string>();
    for (const [room, below] of Object.entries(plan)) {
      for (const other of below) assert.ok(before.has(other), `${room} -> ${other}`);
      before.add(room);
    }
  });

  for (const folders of [['src', 'nodes'], ['sandbox']]) {
    it(`has no circle in what files load, in ${folders.join(' and ')}`, () => {
      const files = folders.flatMap((folder) => filesIn(path.join(root, folder)));
      assert.ok(files.length > 5);
      assert.deepEqual(circleIn(files), []);
    });
  }
});

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return entries.filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, name));
}

/** What is imported or exported for the compiler only: it is gone when the file is loaded. */
const TYPES = /^(?:import|export) (?:type [^;]*|\{(?:\s*type [\w ]+,?)+\s*\} from [^;]*);/gm;

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8').replace(TYPES, ''));
  return importedFiles
    .map(({ fileName }) => path.resolve(path.dirname(file), `${fileName}.ts`))
    .filter((target) => existsSync(target));
}

/** The first circle found, file by file. */
function circleIn(files: readonly string[]): string[] {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] => {
    if (way.includes(file))
      return [...way.slice(way.indexOf(file)), file].map((at) => path.relative(root, at));
    if (done.has(file)) return [];
    for (const target of importsOf(file)) {
      const circle = visit(target, [...way, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of files) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
