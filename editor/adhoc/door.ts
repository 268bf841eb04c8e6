import type { Answer, BodyOf, ParamsOf, QueryOf, Route } from '../../nodes/plugin/api';

type RunRoute = Extract<Route, `${string} /ad-hoc-runs/${string}`>;

export interface AskedWith<R extends Route> {
  params: ParamsOf<R>;
  query?: QueryOf<R>;
  body?: BodyOf<R>;
}

/** Why nothing was answered, in words. */
export class NoAnswer extends Error {}

/** How the runs are asked for, and in which words they are shown: in the editor, or on the page. */
export interface Door {
  /** @throws {NoAnswer} also for what is wrong in the question */
  ask: <R extends RunRoute>(
    route: R,
    question: AskedWith<R>,
  ) => Promise<Exclude<Answer<R>, { problem: string }>>;
  text: (key: string, params?: Record<string, string | number>) => string;
}
