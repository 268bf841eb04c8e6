import type { Answer, BodyOf, ParamsOf, Problem, QueryOf, Route } from '../nodes/plugin/api';

/** What a route wants to be asked with: what it has no use for is left out. */
type Question<R extends Route> = Wanted<'params', ParamsOf<R>> &
  Wanted<'query', QueryOf<R>> &
  Wanted<'body', BodyOf<R>>;
type Wanted<Name extends string, T> = keyof T extends never ? object : Record<Name, T>;
interface AnyQuestion {
  params?: Record<string, string>;
  query?: object;
  body?: object;
}

/** Asks the runtime. Node-RED's jQuery sends the token of whoever is logged in. */
export function ask<R extends Route>(route: R, question: Question<R>): JQueryRequest<Answer<R>> {
  const { params = {}, query, body } = question as AnyQuestion;
  const [type, path] = route.split(' ');
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name]));
  const search = query ? `?${$.param(query, true)}` : '';
  return $.ajax({
    url: `misp-workflows${filled}${search}`,
    type,
    ...(body ? { contentType: 'application/json', data: JSON.stringify(body) } : {}),
  }) as JQueryRequest<Answer<R>>;
}

/** Why a request was refused, in the words of the runtime: who asks may not see the data of events. */
export function refusalOf({ status, responseJSON }: { status: number; responseJSON?: unknown }) {
  const { problem } = (responseJSON ?? {}) as Partial<Problem>;
  return status === 403 ? problem : undefined;
}
