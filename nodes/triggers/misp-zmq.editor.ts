import { extend } from '../../editor/plugin';

/** MISP's topics are offered while one is typed; newer versions of MISP may have more. */
extend('misp-zmq', {
  oneditprepare() {
    const names = ['', 'event', 'attribute', 'object', 'object_reference', 'sighting', 'tag', 'user'];
    names.push('organisation', 'conversation', 'audit', 'warninglist', 'workflow', 'self');
    const known = $('<datalist id="misp-zmq-topics">').appendTo('#dialog-form');
    for (const name of names) {
      const topic = name ? `misp_json_${name}` : 'misp_json';
      $('<option>')
        .val(topic)
        .text(this._(`misp-zmq.topics.${topic}`))
        .appendTo(known);
    }
    $('#node-input-topics-list').on('focusin', 'input', function () {
      $(this).attr('list', 'misp-zmq-topics');
    });
  },
});
