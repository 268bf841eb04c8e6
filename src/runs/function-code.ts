/**
 * Whether a function node's code may still send a message after Node-RED takes it for finished.
 * Node-RED calls a function node done when its (awaited) body has returned, unless the code calls
 * `node.done()` itself. Sending from a timer, a callback or a promise that is not awaited, or keeping
 * the message for another function, is not visible from outside, so the text is judged, and on the safe
 * side: what looks like it is held until an explicit answer or the deadline.
 */
export function mayActLater(code: string): boolean {
  const bare = withoutTextAndComments(code);
  if (/\bnode\b(?!\s*\.)/.test(bare)) return true; // `node` handed to something else
  const callsDone = /\bnode\s*\.\s*done\s*\(\s*\)/.test(bare);
  if (!callsDone && sendsFromInnerFunction(bare)) return true;
  if (!callsDone && LATER.test(bare) && MESSAGE.test(bare)) return true;
  return keepsMessage(bare);
}

const LATER =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick|then|on|once|addListener)\s*\(/;
const MESSAGE = /\bnode\s*\.\s*send\b/;

function sendsFromInnerFunction(code: string): boolean {
  return MESSAGE.test(code) && /=>|\bfunction\b/.test(code);
}

/** Writes to a context store, and uses the whole message anywhere but where it is returned or sent. */
function keepsMessage(code: string): boolean {
  if (!/\b(?:context|flow|global)\b/.test(code)) return false;
  const kept = code
    .replace(/\breturn\b[^;\n}]*/g, '')
    .replace(/\bnode\s*\.\s*send\s*\([^)]*\)/g, '')
    .replace(/\bmsg\s*=[^=]/g, '');
  return /(?<![.\w$])msg\b(?!\s*[.[?])/.test(kept);
}

/** The code with comments and the inside of quoted texts removed (template texts stay: they hold code). */
function withoutTextAndComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (part) =>
    part.startsWith('/') ? ' ' : "''",
  );
}
