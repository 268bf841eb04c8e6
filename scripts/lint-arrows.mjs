// A rule of the linter: which room of src/ may import which. Imports are resolved, so no way of writing one gets past.
import path from 'node:path';

const MESSAGES = {
  arrow: 'src/{{from}} may not import src/{{to}}: see the arrows in eslint.config.mjs.',
  unknown: 'src/{{from}} has no arrows yet: say in eslint.config.mjs what it may import.',
  outside: 'src/ imports nothing from outside but data: arrows point to it.',
};

/** The room of a path in src/: its folder, or the file itself; nothing if it is not in src/. */
function roomOf(file, root) {
  const [top, room] = path.relative(root, file).split(path.sep);
  return top === 'src' ? room.replace(/\.ts$/, '') : undefined;
}

function check(context, node, source) {
  const [arrows] = context.options;
  if (typeof source !== 'string' || !source.startsWith('.')) return;
  const target = path.resolve(path.dirname(context.filename), source);
  const from = roomOf(context.filename, context.cwd);
  const to = roomOf(target, context.cwd);
  if (to === from) return;
  const report = (messageId) => context.report({ node, messageId, data: { from, to } });
  if (!Object.hasOwn(arrows, from)) report('unknown');
  else if (to === undefined) {
    if (!target.endsWith('.json')) report('outside');
  } else if (!arrows[from].includes(to)) report('arrow');
}

const arrows = {
  meta: { type: 'problem', schema: [{ type: 'object' }], messages: MESSAGES },
  create(context) {
    const ofSource = (node) => check(context, node, node.source?.value);
    return {
      ImportDeclaration: ofSource,
      ExportNamedDeclaration: ofSource,
      ExportAllDeclaration: ofSource,
      ImportExpression: ofSource,
      TSImportType: ofSource,
      TSExternalModuleReference: (node) => check(context, node, node.expression.value),
      "CallExpression[callee.name='require']": (node) => check(context, node, node.arguments[0]?.value),
    };
  },
};

export default { rules: { arrows } };
