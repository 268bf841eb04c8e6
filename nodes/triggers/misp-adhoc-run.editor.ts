import { openAdHocRuns } from '../../editor/adhoc/dialog';
import { extend } from '../../editor/plugin';

/** The button on the canvas, and one in the form, open the runs of the node as it is deployed. */
extend('misp-adhoc-run', {
  onbutton() {
    openAdHocRuns(this);
  },
  oneditprepare() {
    const row = $('<div class="form-row misp-row">').insertBefore($('#node-input-description').parent());
    $('<label>').text(this._('misp-adhoc-run.button.label')).appendTo(row);
    $('<button type="button" class="red-ui-button">')
      .text(this._('misp-adhoc-run.button.open'))
      .on('click', () => openAdHocRuns(this))
      .appendTo(row);
    const address = new URL(`misp-workflows/ad-hoc-runs#${encodeURIComponent(this.id)}`, document.baseURI);
    $('<div class="misp-tip">')
      .text(this._('misp-adhoc-run.button.address', { address: address.href }))
      .appendTo(row);
  },
});
