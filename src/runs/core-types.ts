/**
 * The node types of Node-RED itself that take or send messages. What they do with a message can be told from
 * their settings and wires; of a type that is neither among them nor ours, nothing is known.
 */
export const CORE_TYPES: ReadonlySet<string> = new Set([
  ...[
    'inject',
    'debug',
    'complete',
    'catch',
    'status',
    'link in',
    'link call',
    'link out',
    'comment',
    'junction',
  ],
  ...['function', 'switch', 'change', 'range', 'template', 'delay', 'trigger', 'exec', 'rbe'],
  ...['mqtt in', 'mqtt out', 'http in', 'http response', 'http request', 'websocket in', 'websocket out'],
  ...['tcp in', 'tcp out', 'tcp request', 'udp in', 'udp out', 'split', 'join', 'sort', 'batch'],
  ...['csv', 'html', 'json', 'xml', 'yaml', 'file', 'file in', 'watch'],
]);
