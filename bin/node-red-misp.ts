#!/usr/bin/env node
/** The command line: MISP's workflows into Node-RED flows, and back; and tests of flows. */
import { speakLanguage } from '../src/language';
import { languageOf } from './language';
import { main } from './main';

speakLanguage(languageOf(process.env));
void main(process.argv.slice(2)).then((status) => (process.exitCode = status));
