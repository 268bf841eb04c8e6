import { words, type ParamsOf, type Text, type TextKey } from '../text';

/** What may be wrong with a template: the texts under `template.cause`. */
export type Cause = TextKey extends infer K ? (K extends `template.cause.${infer C}` ? C : never) : never;
type Needed<C extends Cause> = ParamsOf<Extract<TextKey, `template.cause.${C}`>>;
/** What a cause names, if it names anything; and where the template's text is wrong. */
export type Fault<C extends Cause> =
  Record<never, never> extends Needed<C>
    ? [params?: Needed<C>, line?: number]
    : [params: Needed<C>, line?: number];

/** What is wrong with a template or with rendering it; `template.ts` adds the line. */
export class Problem<C extends Cause = Cause> extends Error {
  readonly said: Text;
  /** While rendering, the statement that runs tells. */
  readonly line?: number;

  constructor(
    readonly reason: C,
    ...[params = {} as Needed<C>, line]: Fault<C>
  ) {
    const said: Text = { key: `template.cause.${reason}`, params: params };
    super(words(said));
    this.name = 'Problem';
    this.said = said;
    this.line = line;
  }
}
