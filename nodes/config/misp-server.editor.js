/* "Test connection": asks the MISP of the form, saved or not, and says what came of it. */
MISPWorkflows.extend('misp-server', {
  oneditprepare() {
    const text = (key, params) => this._(`misp-server.test.${key}`, params);
    const input = (name) => $(`#node-config-input-${name}`);
    const row = $('<div class="form-row misp-row">').insertAfter(input('tls').closest('.form-row'));
    const button = $('<button type="button" class="red-ui-button">').text(text('button')).appendTo(row);
    const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
      .hide()
      .appendTo(row);
    const show = ({ state, message }) => result.attr('data-state', state).text(message).show();

    button.on('click', () => {
      show({ state: 'busy', message: text('busy') });
      const form = { id: this.id, verify: input('verify').prop('checked') };
      for (const name of ['url', 'apiKey', 'tls', 'proxy', 'headerSecret', 'timeout', 'answerLimit'])
        form[name] = input(name).val();
      form.headers = Object.fromEntries(this.mispWidgets).headers();
      $.ajax({
        url: 'misp-workflows/servers/test',
        type: 'POST',
        contentType: 'application/json',
        data: JSON.stringify(form),
      })
        .done(show)
        .fail((xhr) => show({ state: 'error', message: text('failed', { status: xhr.status }) }));
    });
  },
});
