import { compileTemplate } from '../../src/template/template';
import { WorkflowError } from '../../src/text';

/** What is wrong with a template's text; undefined if it can be rendered. */
export function checkTemplate(source: string): WorkflowError | undefined {
  try {
    compileTemplate(source);
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowError) return error;
    throw error;
  }
}
