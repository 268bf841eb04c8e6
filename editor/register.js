import { prepareForm } from './form.js';
import { validateAgain } from './known-secrets.js';
import { labelOf } from './labels.js';
import { formClosed } from './open-form.js';
import { credentialsOf, defaultsOf } from './settings.js';
import { offerTrial } from './try.js';

/** What the build wrote of each of our types. */
export const descriptions = {};

/** Node types with editor code of their own, by type. */
const extensions = {};

/**
 * What Node-RED needs to know of a node type, from the data that the build wrote into its HTML file. That file registers
 * the type: others read it there.
 */
export function register(description) {
  const { type } = description;
  const extension = () => extensions[type] || {};
  descriptions[type] = description;
  return {
    defaults: defaultsOf(description),
    credentials: credentialsOf(description),
    outputLabels(index) {
      return this._(`${type}.outputs.${description.outputs[index]}`);
    },
    paletteLabel() {
      return this._(`${type}.name`);
    },
    label() {
      return this.name || labelOf(this, description);
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    button: description.button && {
      visible: true,
      enabled() {
        return !this.changed;
      },
      onclick() {
        extension().onbutton.call(this);
      },
    },
    onadd() {
      extension().onadd?.call(this);
    },
    oneditprepare() {
      this.mispWidgets = prepareForm(this, description);
      if (description.trial) offerTrial(this, description);
      extension().oneditprepare?.call(this);
    },
    oneditcancel() {
      formClosed(this);
      delete this.mispWidgets;
    },
    oneditsave() {
      for (const [field, read] of this.mispWidgets) this[field] = read();
      formClosed(this);
      delete this.mispWidgets;
      extension().oneditsave?.call(this);
      // Node-RED takes over the secrets after it has validated the node.
      const { id } = this;
      if (credentialsOf(description))
        setTimeout(() => RED.nodes.node(id) && validateAgain(RED.nodes.node(id)));
    },
  };
}

/** Adds editor code to a type: the hooks `onadd`, `oneditprepare`, `oneditsave`. */
export function extend(type, hooks) {
  extensions[type] = hooks;
}
