/** What people write in function nodes. None of it may keep MISP waiting. */
export interface EverydayFunction {
  name: string;
  func: string;
  initialize?: string;
  finalize?: string;
  libs?: { var: string; module: string }[];
}

export const everydayFunctions: EverydayFunction[] = [
  { name: 'passes on', func: 'return msg;' },
  { name: 'nothing', func: '' },
  { name: 'sets properties', func: "msg.topic = 'checked';\nmsg.severity = 3;\nreturn msg;" },
  {
    name: 'maps attributes',
    func: 'msg.values = msg.payload.Event.Attribute.map((a) => ({ type: a.type, value: a.value.toLowerCase() }));\nreturn msg;',
  },
  {
    name: 'filters a list',
    func: "const attributes = msg.payload.Event.Attribute || [];\nmsg.ips = attributes.filter(function (a) { return a.type === 'ip-dst'; });\nreturn msg;",
  },
  {
    name: 'counts by type',
    func: 'msg.counts = (msg.payload.Event.Attribute || []).reduce((acc, a) => {\n  acc[a.type] = (acc[a.type] || 0) + 1;\n  return acc;\n}, {});\nreturn msg;',
  },
  {
    name: 'sorts',
    func: 'msg.sorted = [...(msg.payload.Event.Tag || [])].sort((a, b) => a.name.localeCompare(b.name));\nreturn msg;',
  },
  {
    name: 'builds headers',
    func: "msg.headers = { 'Content-Type': 'application/json', Authorization: 'Bearer ' + (env.get('TOKEN') || '') };\nmsg.url = `https://example.com/events/${msg.payload.Event.id}`; // where to\nreturn msg;",
  },
  {
    name: 'formats a date',
    func: "const d = new Date(Number(msg.payload.Event.timestamp) * 1000);\nconst pad = (n) => String(n).padStart(2, '0');\nmsg.day = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;\nreturn msg;",
  },
  {
    name: 'regular expressions with slashes',
    func: "const host = String(msg.payload.Event.info).replace(/^https?:\\/\\//, '').split('/')[0];\nif (/^10\\.\\d+/.test(host)) { msg.internal = true; }\nreturn msg;",
  },
  {
    name: 'JSON in try and catch',
    func: "try {\n  msg.extra = JSON.parse(msg.text || '{}');\n} catch (e) {\n  node.warn('no JSON: ' + e.message);\n  msg.extra = {};\n}\nreturn msg;",
  },
  {
    name: 'reports an error of its own',
    func: "if (!msg.payload.Event) {\n  node.error('no event', msg);\n  return null;\n}\nreturn msg;",
  },
  {
    name: 'throws again what it caught',
    func: "try { JSON.parse('{}'); } catch (err) { throw err; }\nif (!msg.payload) throw new Error('no payload');\nreturn msg;",
  },
  { name: 'waits a moment', func: 'await new Promise((resolve) => setTimeout(resolve, 20));\nreturn msg;' },
  {
    name: 'awaits all',
    func: 'const lookup = async (a) => { await null; return { value: a.value, bad: false }; };\nconst results = await Promise.all((msg.payload.Event.Attribute || []).map(async (a) => {\n  const r = await lookup(a);\n  return { ...r, seen: true };\n}));\nmsg.results = results.filter((r) => r.bad);\nreturn msg;',
  },
  {
    name: 'sends for each, in a loop',
    func: 'for (const tag of msg.payload.Event.Tag) {\n  node.send({ ...msg, tag: tag.name });\n}\nreturn null;',
  },
  {
    name: 'sends for each, in forEach',
    func: 'msg.payload.Event.Tag.forEach((tag, index) => {\n  const m = RED.util.cloneMessage(msg);\n  m.index = index;\n  node.send([m, null]);\n});',
  },
  {
    name: 'a helper that sends',
    func: "function emit(m, text) {\n  m.text = text;\n  node.send(m, false);\n}\nif (msg.payload.Event.published) emit(msg, 'published');\nelse emit(msg, 'draft');\nreturn;",
  },
  {
    name: 'sends after waiting, one after the other',
    func: 'const check = async (a) => {\n  await new Promise((r) => setTimeout(r, 1));\n  node.send({ ...msg, attribute: a });\n};\nfor (const a of msg.payload.Event.Tag) await check(a);',
  },
  {
    name: 'collects promises and awaits them',
    func: "const jobs = [];\nfor (const tag of msg.payload.Event.Tag) {\n  if (!tag.name) continue;\n  jobs.push((async () => { await null; node.send({ ...msg, tag }); })());\n}\nawait Promise.all(jobs);\nnode.status({ fill: 'green', shape: 'dot', text: `${jobs.length} sent` });",
  },
  {
    name: 'warns and logs',
    func: "node.warn('event ' + msg.payload.Event.id);\nnode.log(JSON.stringify(msg.payload));\nconsole.log('x');\nreturn msg;",
  },
  {
    name: 'shows a status',
    func: "node.status({ fill: 'blue', shape: 'ring', text: msg.payload.Event.info });\nreturn msg;",
  },
  {
    name: 'counts in the context',
    func: "let count = context.get('count') || 0;\ncount += 1;\ncontext.set('count', count);\nmsg.count = count;\nreturn msg;",
    initialize: "context.set('count', 0);\nnode.status({ text: 'ready' });",
    finalize: 'node.status({});',
  },
  {
    name: 'remembers what it has seen',
    func: "const seen = flow.get('seen') || {};\nconst uuid = msg.payload.Event.uuid;\nmsg.again = Boolean(seen[uuid]);\nseen[uuid] = Date.now();\nflow.set('seen', seen);\nflow.set('lastTopic', msg.topic);\nglobal.set('lastId', msg.payload.Event.id);\nreturn msg;",
  },
  {
    name: 'keeps a list of ids',
    func: "const list = flow.get('ids') || [];\nlist.push({ id: msg.payload.Event.id, at: new Date().toISOString(), attributes: (msg.payload.Event.Attribute || []).length });\nif (list.length > 100) list.shift();\nflow.set('ids', list);\nmsg.recent = list;\nmsg.hits = (msg.payload.Event.Attribute || []).filter((a) => a.to_ids);\nreturn msg;",
  },
  {
    name: 'reads settings',
    func: "const limit = flow.get('limit') || 10;\nconst allowed = global.get('allowed') || ['tlp:green'];\nmsg.settings = { limit, allowed };\nmsg.payload.Event.extra = (msg.payload.Event.Tag || []).filter((t) => allowed.includes(t.name)).slice(0, limit);\nreturn msg;",
  },
  {
    name: 'chooses an output',
    func: "switch (msg.payload.Event.distribution) {\n  case '0':\n    return [msg, null];\n  default:\n    msg.shared = true;\n    return [msg];\n}",
  },
  { name: 'several messages on one output', func: 'return [[{ ...msg, part: 1 }, { ...msg, part: 2 }]];' },
  {
    name: 'labelled loops',
    func: "let found;\nouter: for (const a of msg.payload.Event.Attribute || []) {\n  for (const t of a.Tag || []) {\n    if (t.name === 'tlp:red') { found = a; break outer; }\n  }\n}\nmsg.found = found?.value ?? null;\nreturn msg;",
  },
  {
    name: 'destructuring and optional chaining',
    func: 'const { Event: { info, Orgc: { name: org } = {} } = {} } = msg.payload;\nconst [first, ...rest] = msg.payload?.Event?.Tag ?? [];\nreturn Object.assign(msg, { title: info, org, first, more: rest.length });',
  },
  {
    name: 'a class',
    func: 'class Score {\n  #points = 0;\n  add(n) { this.#points += n; return this; }\n  get total() { return this.#points; }\n}\nconst score = new Score();\nfor (const a of msg.payload.Event.Attribute || []) score.add(a.to_ids ? 2 : 1);\nmsg.score = score.total;\nreturn msg;',
  },
  {
    name: 'sets and maps',
    func: "const types = new Set();\nconst byType = new Map();\nfor (const a of msg.payload.Event.Attribute || []) {\n  types.add(a.type);\n  if (!byType.has(a.type)) byType.set(a.type, []);\n  byType.get(a.type).push(a.value);\n}\nmsg.types = [...types].join(', ');\nmsg.byType = Object.fromEntries(byType);\nreturn msg;",
  },
  {
    name: 'a module, awaited',
    func: "const dir = path.join('/tmp', path.basename(String(msg.payload.Event.id)));\nmsg.hash = crypto.createHash('sha256').update(JSON.stringify(msg.payload)).digest('hex');\nif (flow.get('hash') === msg.hash) msg.same = true;\nflow.set('hash', crypto.createHash('md5').update(dir).digest('hex'));\nreturn msg;",
    libs: [
      { var: 'crypto', module: 'crypto' },
      { var: 'path', module: 'node:path' },
    ],
  },
  {
    name: 'promises, returned',
    func: "return new Promise((resolve, reject) => {\n  setTimeout(() => {\n    if (!msg.payload) reject(new Error('no payload'));\n    else resolve(msg);\n  }, 5);\n}).then((m) => { m.waited = true; return m; });",
  },
  {
    name: 'node.done at the end',
    func: 'try {\n  node.send(msg);\n  node.done();\n} catch (err) {\n  node.error(err.message, msg);\n}',
  },
  {
    name: 'message properties by path',
    func: "const info = RED.util.getMessageProperty(msg, 'payload.Event.info');\nRED.util.setMessageProperty(msg, 'summary.title', String(info).trim().slice(0, 50), true);\nreturn msg;",
  },
  {
    name: 'deletes and keys',
    func: 'delete msg.headers;\nfor (const key in msg.payload.Event) if (Object.prototype.hasOwnProperty.call(msg.payload.Event, key)) msg.keys = (msg.keys || 0) + 1;\nmsg.empty = Object.keys(msg.payload).length === 0;\nreturn msg;',
  },
  {
    name: 'looks like it, in texts and comments',
    func: '// setTimeout(() => node.send(msg))\n/* node.done() later */\nconst text = \'flow.set("x", msg)\';\nmsg.help = `${text} // then(() => node.send(msg))`;\nreturn msg;',
  },
];
