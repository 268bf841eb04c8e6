import type { AxiosProxyConfig } from 'axios';
import { WorkflowError } from '../text';

/** What axios takes: a proxy, or nothing, and then it goes by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. */
export type ProxyChoice = AxiosProxyConfig | undefined;

/**
 * A proxy as people write it: with or without `http://`, user and password. Without a port it is 80, or 443 with
 * `https://`. Nothing means the proxy of the environment, if it names one, as in Node-RED's own HTTP request node.
 * @throws {WorkflowError} if it is no address of an HTTP proxy
 */
export function proxyOf(text: string | undefined): ProxyChoice {
  const given = text?.trim();
  if (!given) return undefined;
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname) throw new WorkflowError('http.badProxy');
  const { protocol, hostname, port, username, password } = url;
  const auth = { username: decoded(username), password: decoded(password) };
  return {
    protocol: protocol.replace(':', ''),
    // An IPv6 address stands in brackets in a URL only.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    ...(username || password ? { auth } : {}),
  };
}

/** A percent sign that stands for itself is meant as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
