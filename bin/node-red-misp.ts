#!/usr/bin/env node
/** The command line: MISP's workflows into Node-RED flows, and back; and tests of flows. */
import { main } from './main';

void main(process.argv.slice(2)).then((status) => (process.exitCode = status));
