/*
 * The usual port goes with the encryption. "Test connection" logs in with the form as it is, and sends a mail if it is
 * told where to.
 */
MISPWorkflows.extend('misp-mail-server', {
  oneditprepare() {
    const PORTS = { starttls: '587', tls: '465', none: '25' };
    const text = (key, params) => this._(`misp-mail-server.test.${key}`, params);
    const input = (name) => $(`#node-config-input-${name}`);
    const security = input('security');
    let before = security.val();
    security.on('change', () => {
      if (input('port').val() === PORTS[before]) input('port').val(PORTS[security.val()]).trigger('change');
      before = security.val();
    });

    const row = $('<div class="form-row misp-row">').insertAfter(input('verify').closest('.form-row'));
    const id = 'misp-mail-test-to';
    $('<label>').attr('for', id).text(text('to')).appendTo(row);
    const to = $('<input type="text">')
      .attr({ id, placeholder: text('placeholder') })
      .appendTo(row);
    const button = $('<button type="button" class="red-ui-button">').text(text('button'));
    $('<div class="form-row misp-row">').insertAfter(row).append(button);
    const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">').hide();
    button.after(result);
    const show = ({ state, message }) => result.attr('data-state', state).text(message).show();

    button.on('click', () => {
      show({ state: 'busy', message: text('busy') });
      const form = { id: this.id, verify: input('verify').prop('checked'), to: to.val() };
      for (const name of ['host', 'port', 'security', 'user', 'password', 'from', 'tls', 'timeout'])
        form[name] = input(name).val();
      $.ajax({
        url: 'misp-workflows/mail-servers/test',
        type: 'POST',
        contentType: 'application/json',
        data: JSON.stringify(form),
      })
        .done(show)
        .fail((xhr) => show({ state: 'error', message: text('failed', { status: xhr.status }) }));
    });
  },
});
