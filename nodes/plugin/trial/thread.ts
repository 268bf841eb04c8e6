import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { carryOut, type Job } from './jobs';
import { trialJsonata, type Libraries } from './jsonata';

/** The thread in which forms try things out: it has no Node-RED, no environment, and can be ended at any time. */
const port = parentPort;
if (!port) throw new Error('This file is started as a worker thread');

// The nodes that decide something make it known when they are loaded.
const folder = path.join(__dirname, '../../logic');
const load = createRequire(__filename);
for (const file of readdirSync(folder)) if (/^misp-.*\.js$/.test(file)) load(path.join(folder, file));

const jsonata = trialJsonata(workerData as Libraries);

port.on('message', (job: Job) => {
  void carryOut(job, jsonata).then((answer) => port.postMessage(answer));
});
port.postMessage('ready');
