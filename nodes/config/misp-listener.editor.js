/* The list of modules whose flow is gone, with a button to remove each. */
MISPWorkflows.extend('misp-listener', {
  oneditprepare() {
    const text = (key) => this._(`misp-listener.gone.${key}`);
    const url = `misp-workflows/listeners/${this.id}/gone`;
    const row = $('<div class="form-row misp-row misp-gone">').appendTo(
      '#dialog-form, #node-config-dialog-edit-form',
    );
    const show = (names) => {
      row.empty().toggle(names.length > 0);
      $('<label>').text(text('label')).appendTo(row);
      for (const name of names) {
        const line = $('<div class="misp-gone-module">').attr('data-module', name).appendTo(row);
        $('<code>').text(name).appendTo(line);
        $('<button type="button" class="red-ui-button red-ui-button-small">')
          .text(text('remove'))
          .attr('aria-label', `${text('remove')}: ${name}`)
          .on('click', () => $.ajax({ url: `${url}/${name}`, type: 'DELETE' }).done(show))
          .appendTo(line);
      }
      $('<div class="misp-tip">').text(text('tip')).appendTo(row);
    };
    row.hide();
    $.getJSON(url).done(show);
  },
});
