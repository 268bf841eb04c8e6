/** Reads a template into a tree: our tokens, the library's parser, and line numbers where it gives none. */
import { cut } from './lexer';
import type { Token } from './lexer';
import { MAX_TEMPLATE } from './limits';
import { parse } from './library';
import type { Tree } from './library';
import { Problem } from './problem';
import { rooted } from './rewrite';
import { Blocks } from './statements';

/**
 * The tree of a template.
 * @throws {Problem} with its line, on what Jinja2 cannot read either, or what is not supported
 */
export function readTemplate(template: string): Tree[] {
  if (template.length > MAX_TEMPLATE) throw new Problem('templateTooLong', { limit: MAX_TEMPLATE }, 1);
  const tokens: Token[] = [];
  const blocks = new Blocks();
  for (const piece of cut(template)) {
    const { line } = piece;
    if (piece.kind === 'text') tokens.push({ type: 'Text', value: piece.text, line });
    else if (piece.kind === 'statement') tokens.push(...blocks.read(piece.tokens, line));
    else tokens.push(...print(piece.tokens, line));
  }
  blocks.end();
  return parseTokens(tokens);
}

function print(tokens: Token[], line: number): Token[] {
  return [
    { type: 'OpenExpression', value: '{{', line },
    ...rooted(tokens, line),
    { type: 'CloseExpression', value: '}}', line },
  ];
}

/** The parser looks at tokens in turn: the furthest one it looked at is the one it cannot read. */
function parseTokens(tokens: Token[]): Tree[] {
  let furthest = 0;
  const watched = new Proxy(tokens, {
    get(target, key: string | symbol, receiver): unknown {
      const at = typeof key === 'string' ? Number(key) : NaN;
      if (at > furthest && at < target.length) furthest = at;
      return Reflect.get(target, key, receiver);
    },
  });
  try {
    return parse(watched).body;
  } catch (error) {
    const token = tokens[furthest];
    if (error instanceof RangeError) throw new Problem('tooManyParts', {}, token?.line ?? 1);
    throw new Problem('unexpected', { text: shown(token) }, token?.line ?? 1);
  }
}

function shown(token: Token | undefined): string {
  return token === undefined ? 'end' : token.value.replace(/:$/, '').slice(0, 40);
}
