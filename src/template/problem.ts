import { text } from '../text';
import type { TextParams } from '../text';

/** What is wrong with a template or with rendering it; `template.ts` adds the line. */
export class Problem extends Error {
  /** @param reason a key under `template.cause` in the texts */
  constructor(
    readonly reason: string,
    params: TextParams = {},
    /** Where the template's text is wrong; while rendering, the statement that runs tells. */
    readonly line?: number,
  ) {
    super(text(`template.cause.${reason}`, params));
    this.name = 'Problem';
  }
}
