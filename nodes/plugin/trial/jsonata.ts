import { bound, type Expression } from '../../../src/expression/bound';
import { WorkflowError } from '../../../src/text';
import { asError, type Jsonata } from '../../jsonata';

/** Node-RED's own copies of what its expressions are made of, by path. */
export interface Libraries {
  jsonata?: string;
  moment?: string;
}

type Library = (source: string) => Expression;

/** How Node-RED tells an old expression, which calls the message `msg`. */
const NAMES_MESSAGE = /(^|[^a-zA-Z0-9_'".])msg([^a-zA-Z0-9_'"]|$)/;

/** JSONata as in a deployed flow, but without the environment and the contexts: those are no business of a trial. */
export function trialJsonata({ jsonata, moment }: Libraries): Jsonata {
  return (source) => {
    if (!jsonata) throw new WorkflowError('trial.noJsonata');
    const expression = read(load(jsonata) as Library, source);
    expression.assign('env', refuse('trial.noEnvironment'));
    expression.assign('flowContext', refuse('trial.noContext'));
    expression.assign('globalContext', refuse('trial.noContext'));
    expression.assign('clone', (value: unknown) => structuredClone(value));
    if (moment) expression.assign('moment', load(moment));
    bound(expression);
    return async (message) => {
      try {
        const input = NAMES_MESSAGE.test(source) ? { msg: message } : message;
        return plain(await expression.evaluate(input, {}));
      } catch (error) {
        throw asError(error);
      }
    };
  };
}

function read(library: Library, source: string): Expression {
  try {
    return library(source);
  } catch (error) {
    throw asError(error);
  }
}

function load(file: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- where Node-RED keeps it is known at run time only
  return require(file);
}

function refuse(key: 'trial.noEnvironment' | 'trial.noContext'): () => never {
  return () => {
    throw new WorkflowError(key);
  };
}

/** The library's own lists and objects as JSON has them. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}
