import { ask } from '../../editor/ask';
import { offerTest } from '../../editor/connection-test';
import { extend } from '../../editor/plugin';
import type { ServerInput } from '../plugin/api';

const INPUTS: ServerInput[] = ['url', 'apiKey', 'tls', 'proxy', 'headerSecret', 'timeout', 'answerLimit'];

/** "Test connection": asks the MISP of the form, saved or not, and says what came of it. */
extend('misp-server', {
  oneditprepare() {
    const row = $('<div class="form-row misp-row">').insertAfter(
      $('#node-config-input-tls').closest('.form-row'),
    );
    const headers = () => this.mispWidgets?.find(([name]) => name === 'headers')?.[1]();
    offerTest(this, row, INPUTS, (body) =>
      ask('POST /servers/test', { body: { ...body, headers: headers() } }),
    );
  },
});
