/** An answer of MISP's REST API. */
export interface RestAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** What MISP says when something went wrong: name and message are the same. */
export function problem(
  status: number,
  message: string,
  url: string,
  more: object = {},
  notSaved = false,
): RestAnswer {
  const saved = notSaved ? { saved: false } : {};
  return { status, body: { ...saved, name: message, message, url, ...more } };
}

export function notFound(message: string, url: string): RestAnswer {
  return problem(404, message, url);
}

export function deny(message: string, url: string): RestAnswer {
  return problem(403, message, url);
}

/** What MISP says when an action on an event was done. */
export function done(message: string, action: string, id: string): RestAnswer {
  const url = `/events/${action}/${id}`;
  return { status: 200, body: { saved: true, success: true, name: message, message, url, id } };
}
