import type { ModuleInfo } from '../../src/modules/list';
import { ask } from '../../editor/ask';
import { extend } from '../../editor/plugin';

/** Offers the modules of the chosen service below the list of names; names can be typed without it. */
extend('misp-enrich', {
  oneditprepare() {
    const text = (key: string, params?: object) => this._(`misp-enrich.form.${key}`, params);
    const list = $('#node-input-enrichWith-list');
    const choice = $('<select class="misp-module-choice">').attr('aria-label', text('choose'));
    const about = $('<div class="misp-describe" role="status" aria-live="polite">');
    const row = $('<div class="form-row misp-row">').append($('<label>'), choice, about);
    row.insertAfter(list.closest('.form-row'));
    const offer = (modules: readonly ModuleInfo[]) => {
      choice.empty().append($('<option value="">').text(text('choose')));
      for (const module of modules.filter(isEnrichment)) choice.append(optionFor(module));
      choice.toggle(modules.length > 0);
    };
    const load = () => {
      const id = $('#node-input-service').val();
      offer([]);
      about.text('');
      if (!id || id === '_ADD_') return;
      ask('GET /module-services/:id/modules', { params: { id } })
        .done((answer) => {
          if ('problem' in answer) about.text(answer.problem);
          else offer(answer.modules);
        })
        .fail(({ status }) => about.text(text(status === 404 ? 'undeployed' : 'away', { status })));
    };
    choice.on('change', () => {
      if (choice.val()) list.editableList('addItems', [choice.val()]);
      choice.val('');
    });
    $('#node-input-service').on('change', load);
    load();
  },
});

function isEnrichment({ kinds }: ModuleInfo): boolean {
  return kinds.includes('expansion') || kinds.includes('hover');
}

function optionFor({ name, title, input }: ModuleInfo): JQuery {
  const words = [name, title, input.slice(0, 6).join(', ')].filter(Boolean).join(' · ');
  return $('<option>').val(name).text(words);
}
