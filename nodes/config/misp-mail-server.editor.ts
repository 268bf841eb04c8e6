import { ask } from '../../editor/ask';
import { offerTest } from '../../editor/connection-test';
import { extend } from '../../editor/plugin';
import type { MailInput } from '../plugin/api';

const INPUTS: MailInput[] = ['host', 'port', 'security', 'user', 'password', 'from', 'tls', 'timeout'];
const PORTS: Record<string, string | undefined> = { starttls: '587', tls: '465', none: '25' };

/**
 * The usual port goes with the encryption. "Test connection" logs in with the form as it is, and sends a mail if it is
 * told where to.
 */
extend('misp-mail-server', {
  oneditprepare() {
    const text = (key: string) => this._(`misp-mail-server.test.${key}`);
    const input = (name: string) => $(`#node-config-input-${name}`);
    const security = input('security');
    let before = security.val();
    security.on('change', () => {
      const usual = PORTS[security.val()];
      if (usual && input('port').val() === PORTS[before]) input('port').val(usual).trigger('change');
      before = security.val();
    });

    const row = $('<div class="form-row misp-row">').insertAfter(input('verify').closest('.form-row'));
    const id = 'misp-mail-test-to';
    $('<label>').attr('for', id).text(text('to')).appendTo(row);
    const to = $('<input type="text">')
      .attr({ id, placeholder: text('placeholder') })
      .appendTo(row);
    const buttons = $('<div class="form-row misp-row">').insertAfter(row);
    offerTest(this, buttons, INPUTS, (form) =>
      ask('POST /mail-servers/test', { body: { ...form, to: to.val() } }),
    );
  },
});
