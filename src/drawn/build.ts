import { isRecord } from '../event/values';
import { WorkflowError } from '../text';
import { aiResults, type AiQuestion } from './ai';
import { fileResult, plainResults, standardResults, type Given } from './answer';

/** What a flow answers: results, or, in front of another module, that the query or its answer goes on. */
export interface ModuleAnswer extends Given {
  answer: 'results' | 'pass';
  /** The query, or the answer to it, as the flow has it now. */
  value?: unknown;
  attribute?: unknown;
  passed?: unknown;
}

/** What an answer is built for. */
export interface BuiltFor {
  kind: 'expansion' | 'import' | 'export' | 'action' | 'ai' | 'front';
  format: 'misp_standard' | 'plain';
  /** Of a flow in front of another module. */
  stage?: 'query' | 'result';
  /** The attribute that MISP asked about. */
  attributeUuid?: string;
  /** Of MISP's AI module: what it was asked. */
  question?: AiQuestion;
  /** `asText` of what the flow got. */
  before?: string;
}

/**
 * The answer to MISP of what a flow gave.
 * @throws {WorkflowError} that says what is wrong with it
 */
export function buildAnswer(
  given: ModuleAnswer,
  { kind, format, stage, attributeUuid, question, before }: BuiltFor,
): object {
  if (given.answer === 'pass') {
    if (kind !== 'front') throw new WorkflowError('drawn.nothingBehind');
    return { handOn: handOnOf(given, stage, before) };
  }
  if (kind === 'action') return {};
  if (kind === 'export') return fileResult(given);
  if (question) return aiResults(given, question);
  return format === 'plain' ? plainResults(given) : standardResults(given, attributeUuid);
}

/** What a flow in front of a module may change, as one text: the flow changes it in place. */
export function asText({ value, attribute, passed }: Partial<ModuleAnswer>): string {
  return toText({ value, attribute, passed });
}

/** Nothing, if nothing was changed: then all goes on byte for byte. */
function handOnOf(given: ModuleAnswer, stage: BuiltFor['stage'], before = ''): object {
  const { value, attribute, passed } = given;
  if (asText(given) === before) return {};
  if (stage === 'result') return { answer: passed };
  return {
    ...(typeof value === 'string' && value !== '' ? { value } : {}),
    ...(isRecord(attribute) ? { attribute } : {}),
  };
}

function toText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new WorkflowError('drawn.endless');
  }
}
