import tseslint from 'typescript-eslint';
import house from './scripts/lint-arrows.mjs';

const nodeRed = {
  group: ['@node-red/*', 'node-red', 'node-red/*'],
  message: 'src/ knows nothing of Node-RED.',
};
/** What runs in the browser. */
const EDITOR = ['editor/**/*.ts', 'nodes/**/*.editor.ts'];

/** Ways in which text becomes markup in the editor, as syntax. What they are for stands in editor/show.ts. */
const MARKUP =
  /^((inner|outer)HTML|insertAdjacentHTML|setHTML(Unsafe)?|srcdoc|html|parseHTML|renderMarkdown)$/;
const PARSERS = /^(createContextualFragment|parseFromString|write|writeln|document\.write|htmlPrefilter)$/;
const INSERTS =
  /^(append|prepend|after|before|replaceWith|wrap|wrapAll|wrapInner|appendTo|prependTo|insertAfter|insertBefore)$/;
const TEXTS = /^(text|textFrom|words|wordsOf|nameOf|labelOf|problemText|String)$/;
const TEXT_METHODS = /^(_|val|join|stringify|toString|trim|slice|replace|replaceAll|concat|getNodeLabel)$/;
const ATTRIBUTES = /^(on[a-z]+|href|src|srcdoc|action|formaction|style)$/i;
const markup = [
  `MemberExpression[property.name=${MARKUP}]`,
  `MemberExpression[computed=true][property.value=${MARKUP}]`,
  `Property[key.name=${MARKUP}]`,
  "Property[key.name='escapeValue']",
  `MemberExpression[property.name=${PARSERS}]`,
  // What Node-RED takes for markup, also behind a cast.
  'MemberExpression[object.type=/^TS/][property.name=/^(notify|popover|notifications)$/]',
  "MemberExpression[object.name='RED'][property.name=/^(notify|popover|notifications)$/]",
  "MemberExpression[object.name='RED'][property.value=/^(notify|popover|notifications)$/]",
  'ObjectPattern > Property[key.name=/^(notify|popover|notifications)$/]',
  'MemberExpression[property.name=/^(autoComplete|treeList)$/]',
  // jQuery takes a text that begins with < for markup, wherever it takes an element or a selector.
  'CallExpression[callee.name=/^([$]|jQuery)$/][arguments.0.type!=/^(Literal|ThisExpression|TemplateLiteral)$/]',
  "CallExpression[callee.name=/^([$]|jQuery)$/][arguments.0.type='TemplateLiteral'][arguments.0.quasis.0.value.raw!=/^[#.\\[a-z]/]",
  `CallExpression[callee.property.name=${INSERTS}] > :matches(TemplateLiteral, BinaryExpression, ConditionalExpression, LogicalExpression, MemberExpression, TSAsExpression, TSTypeAssertion, TSNonNullExpression, TSSatisfiesExpression).arguments`,
  `CallExpression[callee.property.name=/^(append|prepend|after|before|replaceWith|wrap\\w*)$/] > Literal.arguments`,
  `CallExpression[callee.property.name=${INSERTS}] > Literal.arguments[value=/</]`,
  `CallExpression[callee.property.name=${INSERTS}] > CallExpression.arguments[callee.name=${TEXTS}]`,
  `CallExpression[callee.property.name=${INSERTS}] > CallExpression.arguments[callee.property.name=${TEXT_METHODS}]`,
  `CallExpression[callee.property.name=${INSERTS}] > CallExpression.arguments[callee.property.name='text'][arguments.length=0]`,
  `CallExpression[callee.property.name=/^(attr|prop|setAttribute)$/] > Literal.arguments:first-child[value=${ATTRIBUTES}]`,
  `CallExpression[callee.property.name=/^(attr|prop)$/] > ObjectExpression > Property[key.name=${ATTRIBUTES}]`,
].map((selector) => ({ selector, message: 'Text is shown as text: see editor/show.ts.' }));

/** What every room may stand on. */
const GROUND = ['text', 'event', 'clock', 'saved-file'];
/**
 * The rooms of src/, from the ground up, and what each may import besides itself. There is no way back up: a room
 * that needs something of a higher one gets it given, or the thing moves down.
 */
const ARROWS = {
  'text-params': [],
  text: ['text-params'],
  language: ['text'],
  event: ['text'],
  clock: [],
  'thread-end': [],
  certificate: [],
  'saved-file': [],
  deadline: ['clock'],
  expression: GROUND,
  mapping: GROUND,
  template: GROUND,
  http: [...GROUND, 'certificate'],
  logic: GROUND,
  drawn: GROUND,
  actions: [...GROUND, 'logic', 'drawn'],
  'block-list': [...GROUND, 'actions'],
  runs: [...GROUND, 'actions'],
  records: [],
  queue: [...GROUND, 'records'],
  news: GROUND,
  listener: [...GROUND, 'thread-end', 'http', 'template', 'runs', 'queue', 'records'],
  misp: [...GROUND, 'http', 'actions', 'drawn', 'news'],
  approval: [...GROUND, 'listener', 'records'],
  audit: [...GROUND, 'actions'],
  echo: [...GROUND, 'actions', 'news'],
  modules: [...GROUND, 'http', 'actions'],
  notify: [...GROUND, 'deadline', 'http', 'actions', 'misp'],
  triggers: [...GROUND, 'listener', 'misp'],
  workflow: [...GROUND, 'mapping', 'triggers'],
  connect: [...GROUND, 'actions', 'misp', 'triggers'],
  checks: [...GROUND, 'runs', 'triggers'],
  retry: [...GROUND, 'actions', 'audit'],
  store: [...GROUND, 'thread-end', 'certificate', 'triggers', 'echo', 'queue', 'retry', 'records'],
  history: [...GROUND, 'actions', 'runs', 'triggers', 'store'],
  replay: [...GROUND, 'actions', 'listener', 'runs', 'triggers', 'history', 'checks'],
  alerts: [...GROUND, 'listener', 'runs', 'history'],
  adhoc: [...GROUND, 'drawn', 'misp'],
  zmq: [...GROUND, 'actions', 'listener', 'triggers'],
};
const axios = { group: ['axios', 'axios/*'], message: 'Who speaks HTTP stands on src/http.' };

export default tseslint.config(
  {
    ignores: ['dist/**', '.demo/**', '.node-red-5/**', 'resources/**', 'node_modules/**', 'test/fixtures/**'],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: EDITOR,
    languageOptions: { parserOptions: { project: './editor/tsconfig.json' } },
    rules: { 'no-restricted-syntax': ['error', ...markup] },
  },
  // The one module that may.
  { files: ['editor/show.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['src/**/*.ts'],
    plugins: { house },
    rules: {
      'house/arrows': ['error', ARROWS],
      'no-restricted-imports': ['error', { patterns: [nodeRed, axios] }],
    },
  },
  { files: ['src/http/**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [nodeRed] }] } },
  { files: ['nodes/**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [axios] }] } },
);
