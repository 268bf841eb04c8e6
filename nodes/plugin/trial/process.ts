import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { carryOut, type Job } from './jobs';
import { trialJsonata, type Libraries } from './jsonata';

/** The process in which forms try things out: it has no Node-RED, no environment, and can be ended at any time. */
const tell = (message: unknown) => process.send?.(message);
process.on('disconnect', () => process.exit());

// The nodes that decide something make it known when they are loaded.
const folder = path.join(__dirname, '../../logic');
const load = createRequire(__filename);
for (const file of readdirSync(folder)) if (/^misp-.*\.js$/.test(file)) load(path.join(folder, file));

const jsonata = trialJsonata(JSON.parse(process.argv[2]) as Libraries);

process.on('message', (job: Job) => void carryOut(job, jsonata).then(tell));
tell('ready');
