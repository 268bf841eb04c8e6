/* The module's name is filled once from the trigger, unique per listener, and never changed behind the
 * user's back: MISP's workflow refers to it. */
MISPWorkflows.extend('misp-trigger', {
  onadd() {
    if (!this.module) this.module = freeName(this, this.trigger || 'event-publish');
  },
  oneditprepare() {
    const input = $('#node-input-module');
    const original = this.trigger;
    const untouched = input.val() === freeName(this, original) || input.val() === '';
    let suggested = untouched ? input.val() : undefined;
    $('#node-input-trigger').on('change', () => {
      if (input.val() !== suggested && input.val() !== '') return;
      suggested = freeName(this, $('#node-input-trigger').val());
      input.val(suggested);
    });
  },
});

function freeName(node, trigger) {
  const taken = new Set();
  RED.nodes.eachNode((other) => {
    if (other.type === 'misp-trigger' && other.id !== node.id) taken.add(other.module);
  });
  const base = `nodered_${trigger.replace(/-/g, '_')}`;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  return name;
}
