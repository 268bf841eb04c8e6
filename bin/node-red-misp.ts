#!/usr/bin/env node
/** The command line: MISP's workflows into Node-RED flows, and back. */
import { main } from './main';

process.exitCode = main(process.argv.slice(2));
