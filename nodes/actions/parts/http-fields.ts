import { HttpSender } from '../../../src/notify/webhook/sender';
import type { Secrets } from '../../../src/notify/webhook/secrets';
import type { NodeContext } from '../../adaptor';
import type { Fields } from '../../definition';
import { tlsOptions } from '../../tls-options';
import { PROXY, TLS_FIELDS } from '../../web-fields';

/** How a request is made, for all nodes that make one. */
export const HTTP_FIELDS = {
  verify: { ...TLS_FIELDS.verify, advanced: true },
  tls: { ...TLS_FIELDS.tls, advanced: true },
  proxy: PROXY,
  timeout: { kind: 'number', default: 10, min: 1, max: 300, unit: 's', advanced: true },
} as const satisfies Fields;

/**
 * What sends the node's requests.
 * @param secrets what their places stand for
 */
export function senderOf(
  context: Pick<NodeContext<typeof HTTP_FIELDS>, 'RED' | 'config' | 'secrets'>,
  secrets: Secrets,
): HttpSender {
  const { RED, config } = context;
  const settings = {
    timeoutMs: Number(config.timeout) * 1000,
    verify: config.verify,
    tls: tlsOptions(RED, config.tls),
    proxy: context.secrets.proxy,
  };
  return new HttpSender(settings, secrets);
}
