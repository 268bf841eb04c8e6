import http from 'node:http';
import https from 'node:https';

/** PEM texts: a CA of one's own, and a client certificate. */
export interface TlsSettings {
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
}

export interface AgentSettings {
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  tls?: TlsSettings;
  /** Connections to one host at a time; as many as there are requests unless told otherwise. */
  mostConnections?: number;
}

export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** Idle connections are given up before web servers do so (Apache after 5 s): a request could meet the closing. */
const IDLE_MS = 4000;

/** What keeps connections open, for both protocols. */
export function agentsOf({ verify, tls, mostConnections = Infinity }: AgentSettings): Agents {
  const keepAlive = { keepAlive: true, maxSockets: mostConnections, timeout: IDLE_MS };
  return {
    httpAgent: new http.Agent(keepAlive),
    httpsAgent: new https.Agent({ ...keepAlive, ...tls, rejectUnauthorized: verify }),
  };
}
