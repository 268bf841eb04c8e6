import { refusalOf } from '../ask';
import { download } from '../download';
import { notifyText } from '../show';
import { text } from './texts';

/** A button that saves the audit, as a file for spreadsheets. */
export function auditButton(): JQuery {
  return $('<button type="button" class="red-ui-button red-ui-button-small" data-action="audit">')
    .text(text('actions.audit'))
    .on('click', () =>
      $.ajax({ url: 'misp-workflows/audit?format=csv', type: 'GET', dataType: 'text' })
        .done((lines) => download('misp-audit.csv', String(lines), 'text/csv'))
        .fail((failed) => void notifyText(refusalOf(failed) ?? text('auditFailed'), { type: 'error' })),
    );
}
