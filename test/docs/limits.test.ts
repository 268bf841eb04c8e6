import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/node-red';

const GATE = 'test/flows/limits.test.ts';
const VERDICT = 'test/flows/limits-verdict.test.ts';
const STAYS = 'test/flows/listener-stays.test.ts';
const LISTENER = 'test/flows/misp-listener.test.ts';
const FIRE = 'test/flows/under-fire.test.ts';
const ACCEPTED = 'test/flows/accepted-runs.test.ts';
const DURABLE = 'test/flows/durable.test.ts';
const ROOM = 'test/listener/room.test.ts';
const PROXIES = 'test/proxies/proxies.test.ts';
const JSONATA = 'test/expression/bound.test.ts';
const ROUTES = 'test/flows/routes-auth.test.ts';
const ZMQ = 'test/zmq/limits.test.ts';
const ZMQ_NODE = 'test/flows/misp-zmq.test.ts';
const REQUEST = 'test/flows/misp-request.test.ts';
const BROKEN = 'test/flows/broken-answers.test.ts';
const CLIENT = 'test/misp/client.test.ts';
const TAGS = 'test/misp/carry-out-tags.test.ts';
const OTHERS = 'test/misp/carry-out-others.test.ts';
const CHANGES = 'test/misp/limits.test.ts';
const ENRICH = 'test/flows/misp-enrich.test.ts';
const IN_MISP = 'test/misp/enrich-in-misp.test.ts';
const BEHIND = 'test/listener/upstream.test.ts';
const WAY = 'test/listener/upstream-connection.test.ts';
const LOOPS = 'test/flows/loops.test.ts';
const WRITES = 'test/echo/own-writes.test.ts';
const WRITE = 'test/echo/write.test.ts';
const RECURSION = 'test/flows/recursion.test.ts';
const AUDIT = 'test/audit/audit.test.ts';
const HERE = 'test/docs/limits.test.ts';

/** How each statement of docs/limits.md begins, and the tests that hold it to its word: file and title, or parts. */
const TESTS: Record<string, [file: string, title: string][]> = {
  'MISP goes on when its action service does not answer.': [
    ['test/sandbox/verdicts.test.ts', 'tells why MISP went on'],
  ],
  'The listener runs in a thread of its own': [
    [FIRE, 'answers in time while a function node spins'],
    [FIRE, 'loses no request and gives no wrong answer over 50 redeploys'],
  ],
  'the Node-RED process is killed': [[GATE, 'when the process was killed']],
  'the Node-RED process has just started': [
    [STAYS, 'listens again before its flows are there after kill -9, and holds what is asked until they are'],
  ],
  'Node-RED starts without this package': [[GATE, 'when Node-RED starts without this package']],
  'the listener node was deleted or disabled': [
    [STAYS, 'closes when its node is deleted'],
    [GATE, 'when the listener node was disabled'],
    [LISTENER, 'goes red when the port is in use'],
  ],
  'its TLS configuration is broken': [
    [STAYS, 'never speaks plain HTTP when its TLS configuration is'],
    [STAYS, 'goes on with a working certificate when a redeploy brings a broken one'],
    [STAYS, 'does not fall back to http'],
  ],
  'MISP has the wrong password': [[GATE, 'when MISP has the wrong password']],

  'Node-RED takes a function node that throws nothing': [
    [VERDICT, 'a function that may throw nothing is held'],
  ],
  'Function code that may do so is therefore held': [[VERDICT, 'a function that may throw nothing is held']],
  'Its code is read, not run': [[VERDICT, 'a path counts as ended, but is no answer']],
  'If one promise of `Promise.all` fails': [
    [VERDICT, 'has failed at once, although the other still sends'],
    [VERDICT, 'has not, if a Catch node takes the error and allows'],
  ],
  'A message that comes to the same node more than 1,000 times': [
    [LOOPS, 'ends with an error at the node, and stops MISP'],
    [LOOPS, 'ends with an error at the node; MISP has gone on'],
  ],
  "Messages of other triggers than MISP's are not counted": [
    [LOOPS, 'is not counted where another trigger than one of MISP began'],
    ['test/runs/aside.test.ts', 'that comes from no run may pass a node a thousand times'],
  ],
  'With _a response decides_ MISP goes on only behind an allow': [
    [VERDICT, '"all paths have ended" lets through only'],
    ['test/flows/verdicts.test.ts', 'a red event goes through'],
  ],
  'that a node of another package, which has said': [
    [
      VERDICT,
      'a node of another package that allows first, and blocks when it has said that it has finished',
    ],
  ],
  'that a function, or a node of another package, gives a run': [
    [VERDICT, 'that gives a run the data of another'],
  ],
  'Nodes of Node-RED that may do so': [
    ['test/flows/verdicts.test.ts', 'never goes on with the data of another run'],
  ],
  'With _all paths have ended_': [[VERDICT, '"all paths have ended" lets through only']],
  'With _only watch_': [['test/flows/field-cases.test.ts', 'by the rule "watch": MISP goes on at once']],

  'What a listener needs to open before the flows': [
    [GATE, 'is address, limits, paths, a salted hash and the modules, and nothing else'],
  ],
  'If that folder cannot be written to': [
    [GATE, 'is nothing where the folder cannot be written to'],
    [GATE, 'leaves the port closed until the flows run'],
  ],
  'While the flows do not run': [
    [STAYS, 'while the flows are stopped'],
    [STAYS, 'blocks with the reason while a node type is missing'],
    [GATE, 'every module blocks with the reason while an npm module is missing'],
    [GATE, 'every module blocks with the reason in safe mode'],
    [STAYS, 'blocks when Node-RED finds a damaged flow file'],
    [STAYS, 'blocks whoever has the password when the credentials are'],
  ],
  'If the credentials are lost and nothing is kept': [
    [STAYS, 'blocks everybody when the credentials are lost and nothing is known of them'],
  ],
  'A listener that changes between http and https': [[STAYS, 'changes between http and https on its port']],
  'Other moves have no such moment': [
    [GATE, 'a move to another port has no moment in which nobody answers'],
    [STAYS, 'moves to another address on the same port, and refuses nobody'],
    [STAYS, 'has one socket again when nobody came for a while after such a move'],
  ],
  'Deadlines are counted by a clock': [[STAYS, 'answers at the deadline, whatever is done to the clock']],
  '`msg.misp.deadline` is a time of day': [
    [GATE, 'a clock that is set while a run is open makes a delay wrong, but not the answer'],
  ],
  'Accepted runs, those that MISP does not wait for': [
    [ROOM, 'is for 200, unless told otherwise'],
    [ROOM, 'is three quarters of the memory for requests'],
  ],
  'Each counts for ten minutes': [[ROOM, 'is taken for ten minutes at most']],
  'Beyond, MISP gets an error.': [[ACCEPTED, 'what is refused is told']],
  'A redeploy ends them': [[ACCEPTED, 'are counted when a redeploy ends them']],
  'Where requests are [stored first]': [
    [DURABLE, 'keeps more than may be under way at a time'],
    [DURABLE, 'starts runs again that a redeploy broke off'],
    [DURABLE, 'starts a run again that was under way when the process died'],
  ],
  '"MISP was refused" is told of addresses': [
    [STAYS, 'says that MISP was refused until that MISP came in'],
    [GATE, 'ends when somebody else comes in from the same address'],
  ],
  'At a clean end of the process': [
    [GATE, 'before process.exit'],
    [GATE, 'before Node-RED ends with'],
  ],
  'To stop MISP in those cases too': [[PROXIES, 'blocks when Node-RED is killed']],
  'Both snippets are tested': [[PROXIES, 'passes questions and answers on']],
  "Point MISP's `Plugin.Action_services_url`": [[PROXIES, 'passes questions and answers on']],
  '`GET /modules` must be answered too': [[PROXIES, 'and still lists the modules']],
  'Whoever can reach the proxy can read': [[LISTENER, 'announces the module as a blocking action module']],
  'MISP gives `/modules` one second': [[HERE, 'the time-outs in the snippets stay below those of MISP']],

  'In the nodes of this package an expression is bounded': [
    [VERDICT, 'an expression of our nodes that goes beyond its bounds is an error, and the policy decides'],
  ],
  'It has 2 s': [[VERDICT, 'an expression of our nodes that goes beyond its bounds']],
  'One call of a function of JSONata': [[JSONATA, 'takes one call of a function of JSONata for one step']],
  'Regular expressions run in linear time': [
    [JSONATA, 'matches hostile text in linear time'],
    [VERDICT, 'is refused when the flow is deployed'],
  ],
  'Functions may call themselves': [[JSONATA, 'a thousand levels deep']],
  '`^( )` sorts some thousand items': [
    [JSONATA, 'sorts some thousand items'],
    [JSONATA, 'sorts and makes distinct what a large event holds'],
  ],
  '`$eval` is not available': [[JSONATA, '$eval(payload.Event.info)']],
  'In core nodes (switch, change, ...)': [
    [GATE, 'a regular expression of a core node stops Node-RED, but not the answers'],
  ],
  'What is tried in a form': [
    [ROUTES, 'and neither environment nor contexts'],
    [ROUTES, 'an expression that is tried has an end'],
  ],
  'It takes the permission to write': [[ROUTES, 'needs the permission to']],
  'On the last message of MISP': [[ROUTES, 'the permission misp.data']],

  "MISP's publisher keeps nothing": [[ZMQ, 'what is published while Node-RED does not run does not come']],
  'The node _MISP ZeroMQ_ reads at once': [[ZMQ_NODE, 'drops and counts what a slow flow cannot take']],
  'what MISP publishes while': [[ZMQ, 'what is published while Node-RED does not run does not come']],
  'what was on its way between': [[ZMQ, 'what is on its way between two nodes']],
  "what MISP's publisher dropped": [
    [ZMQ_NODE, 'on its second output what time was missed'],
    ['test/zmq/subscription.test.ts', 'tells the gap afterwards'],
    ['test/zmq/subscription.test.ts', 'did not read for so long that the publisher may have dropped'],
  ],
  'what MISP did not publish': [[ZMQ, 'a publisher that sends nothing, or hangs, looks the same']],
  'With silence not watched': [[ZMQ, 'a publisher that sends nothing, or hangs, looks the same']],
  'A connection whose other end vanished': [[ZMQ, 'is noticed after 15 to 20 seconds']],

  'An answer is taken only if': [[BROKEN, 'a MISP whose answers are broken']],
  'For _MISP request_': [
    [REQUEST, 'takes any whole JSON for the answer of a reading call, and text for an export'],
    [REQUEST, 'does not take an empty answer for a change that was made'],
  ],
  'JSON that is whole and of the right shape': [
    ['test/flows/misp-search.test.ts', 'goes on behind a page of which MISP left something out'],
  ],
  'Lists that PHP sends as objects': [
    [REQUEST, 'gives lists that PHP sends as objects with numbers for names as lists'],
  ],
  'A time-out is one for each request': [
    ['test/misp/answers.test.ts', 'gives up what drips, and what waits for a connection'],
  ],

  'A query that is given up': [[ENRICH, 'stops one second before the deadline']],
  'Whether an error of a module means': [[ENRICH, 'takes any answer for what it is worth']],
  'What is kept of answers': [
    ['test/modules/service.test.ts', 'is bounded in number and in size, and ends'],
    [ENRICH, 'asks each value once, and not again while it is kept'],
  ],
  'What comes of _Let MISP enrich_': [[IN_MISP, 'queues a job for each attribute']],
  'A MISP before 2.4.193': [
    [IN_MISP, 'asks an older MISP for the event, which says 500 although it has done it'],
    [IN_MISP, 'never gives an older MISP more than was chosen'],
  ],
  'A query carries no tags': [
    ['test/sandbox/query-forms.test.ts', 'has tags on one way only'],
    ['test/flows/module-in-front.test.ts', 'sends nothing that is tagged PAP:RED'],
  ],
  'Before `modules/queryEnrichment` and': [
    ['test/flows/blueprints.test.ts', 'MISP tells nothing of it, so it is stopped'],
  ],
  'What a flow in front of a module has not seen': [
    [BEHIND, 'hands on nothing that the flow has not seen'],
    [WAY, 'takes none that is packed all the same'],
  ],
  "The values of a module's settings": [
    ['test/flows/secrets-modules.test.ts', 'appear in no message, debug node, log'],
    ['test/flows/misp-module-in.test.ts', 'gives its flow the values of its settings by name'],
  ],
  'The list of misp-modules': [
    [BEHIND, 'lists what it knew in less than 100 ms'],
    [WAY, 'asks for the list every 30 seconds'],
  ],
  'Until the flows are there': [
    [WAY, 'waits until it is known how to ask'],
    ['test/flows/upstream-stays.test.ts', 'before the flows are there and while misp-modules is away'],
  ],

  'Changes go through': [['test/misp/carry-out-edit.test.ts', 'with 1 writing call']],
  'A call that failed is made again': [
    [CLIENT, 'asks again what only reads'],
    [CLIENT, 'does not repeat what would count twice'],
  ],
  'If it is not known whether': [[CLIENT, 'does not repeat what would count twice']],
  'Three failures in a row': [
    [CLIENT, 'costs a run milliseconds when MISP is down'],
    [CHANGES, 'is not asked for 5 seconds, and for 60 at most'],
  ],
  'Where calls took too long, it is asked for its version': [
    ['test/misp/away-news.test.ts', 'is no stop for others where one event is slow'],
    ['test/misp/away-news.test.ts', 'is no stop where the call that tries again'],
  ],
  'Editing an event or its attributes': [
    [CHANGES, 'editing an event or its attributes renews the timestamp'],
  ],
  '"Keep timestamp and published state"': [[CHANGES, 'is published again, with a new timestamp']],
  'A global tag, and a tag with a relationship': [
    [CHANGES, 'a global tag unpublishes'],
    [CHANGES, 'a local tag with a relationship unpublishes'],
  ],
  'Local tags do not': [
    [CHANGES, 'a local tag does not unpublish'],
    [TAGS, 'does not take a published event off publication for local tags'],
  ],
  'When the same is set on many': [[CHANGES, 'one that is gone is not noticed']],
  'MISP writes a warninglist anew': [[OTHERS, 'extends a custom warninglist without losing what it has']],
  'A change by somebody else': [
    [OTHERS, 'begins anew when somebody else changes the list meanwhile'],
    [CHANGES, 'is noticed if something of ours is missing afterwards'],
    [CHANGES, 'is not noticed if what is missing is theirs'],
  ],
  'A tag on event reports': [[CHANGES, 'is taken off only where MISP shows tags with the report']],
  'MISP answers "published" and "accepted"': [
    [OTHERS, 'tells that a workflow has stopped it, although MISP says that all is well'],
    [CHANGES, 'a proposal that MISP says is accepted, and is still there, was not'],
  ],
  'A publication through the queue': [
    [CHANGES, 'a publication through the queue is unknown after 6 seconds'],
  ],

  'An echo is known by': [
    [WRITES, 'is not deceived in the same second by'],
    [WRITES, 'is not deceived by the same with another timestamp'],
    [RECURSION, 'edits once, and the echo ends at the trigger with a status'],
  ],
  'What a flow writes without': [
    [WRITE, 'is not believed where the answer shows what somebody else has changed before MISP looked'],
    [RECURSION, 'a call of a core node is no echo, and is stopped by the count'],
  ],
  'What slips through ends': [
    [
      RECURSION,
      'is stopped by the count of runs for the same attribute, with an error and in the list of runs',
    ],
  ],
  'A flow that only looks is not counted': [
    [RECURSION, 'is asked as often as anybody likes by a flow that only looks'],
  ],
  'One run changes something in MISP': [
    [RECURSION, 'changes MISP no more than a thousand times, or as often as its trigger says'],
    ['test/runs/write-limit.test.ts', 'changes something in MISP a thousand times'],
  ],
  'The latest 10,000 writes': [
    [WRITES, 'is bounded: of 200,000 writes 10,000 are known'],
    [WRITES, 'ends: after ten minutes nothing is known'],
  ],
  'The audit is written at once': [[AUDIT, 'goes on where another process ended']],
  'What is no part of a run is not counted either.': [
    [RECURSION, 'counts no changes behind a concurrent node, which are no part of the run'],
  ],
  'While it cannot be written': [
    [AUDIT, 'that cannot be written says so once, waits in memory, and counts what is too much'],
  ],
};

/** Lines without a statement of their own, or about what is not ours. */
const NO_STATEMENT = [
  'It cannot answer when',
  'the machine or the network is down',
  'It cannot be seen',
  'Fetch that file once',
  '[nginx]',
  '[haproxy]',
  'Node-RED evaluates JSONata in its main thread.',
  'It cannot count',
  'What that means:',
  '[A flow that starts itself]',
  'It rests on what MISP tells:',
];

describe('docs/limits.md', () => {
  const found = statements(read('docs/limits.md'));

  for (const statement of found) {
    if (NO_STATEMENT.some((start) => statement.startsWith(start))) continue;
    it(`is held to its word: ${statement.slice(0, 70)}`, () => {
      const tests = Object.entries(TESTS).find(([start]) => statement.startsWith(start))?.[1];
      assert.ok(tests, 'no test is named for this line');
      for (const [file, title] of tests) assert.ok(read(file).includes(title), `${file}: no "${title}"`);
    });
  }

  it('says all that tests are named for', () => {
    for (const start of [...Object.keys(TESTS), ...NO_STATEMENT])
      assert.ok(
        found.some((statement) => statement.startsWith(start)),
        start,
      );
  });

  for (const file of ['nginx.conf', 'haproxy.cfg']) {
    it(`the time-outs in the snippets stay below those of MISP: ${file}`, () => {
      const lines = read(`docs/proxies/${file}`).matchAll(/timeout_?\s?(?:connect|server)?\s+(\d+)(ms|s)\b/g);
      const times = [...lines].map(([, number, unit]) => Number(number) * (unit === 's' ? 1000 : 1));
      const [query, ...others] = times.toSorted((a, b) => b - a);
      assert.ok(query < 10_000 && others.length >= 2, times.join());
      for (const time of others) assert.ok(time < 1000, String(time));
    });
  }
});

/** List entries, and the sentences of what stands between them. */
function statements(markdown: string): string[] {
  const blocks = markdown
    .split('\n')
    .filter((line) => !/^(#| {4})/.test(line))
    .join('\n')
    .split(/\n\n|\n(?=- )/);
  return blocks
    .map((block) =>
      block
        .replace(/^\s*- /, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .flatMap((block) => block.split(/(?<=\.) (?=[A-Z"`_])/))
    .filter((statement) => statement !== '');
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
