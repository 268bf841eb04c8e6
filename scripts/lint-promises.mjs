// Shows that the linter flags a promise that floats and one that is misused: either would end Node-RED
// when it is rejected.
import { ESLint } from 'eslint';

// Else, under CI, the rules look at the file on the disk and not at the text below.
process.env.TSESTREE_SINGLE_RUN = 'false';

const CODE = `
export async function save(): Promise<void> {}
export function floats(): void {
  save();
}
export function misuses(list: number[]): void {
  list.forEach(async () => {
    await save();
  });
}
`;
const RULES = ['@typescript-eslint/no-floating-promises', '@typescript-eslint/no-misused-promises'];

// The text is checked as if it stood in a file of the project, so that the project's own rules apply.
const [result] = await new ESLint().lintText(CODE, { filePath: 'src/text.ts' });
const found = new Set(result.messages.map((message) => message.ruleId));
const missing = RULES.filter((rule) => !found.has(rule));
if (missing.length > 0) {
  console.error(`The linter does not flag: ${missing.join(', ')}`);
  process.exit(1);
}
console.log('The linter flags floating and misused promises.');
