import { prepareForm } from './form';
import { validateAgain } from './known-secrets';
import { labelOf } from './labels';
import { formClosed } from './open-form';
import { credentialsOf, defaultsOf } from './settings';
import type { Hooks, Made, OurNode, Registered } from './plugin';
import { titleForm } from './title';
import { offerTrial } from './try';
import { chooseUsual, noteUsed } from './usual';

/** What the build wrote of each of our types. */
export const descriptions: Record<string, Registered | undefined> = {};

/** Node types with editor code of their own, by type. */
const extensions: Record<string, Hooks | undefined> = {};

/**
 * What Node-RED needs to know of a node type, from the data that the build wrote into its HTML file. That file registers
 * the type: others read it there.
 */
export function register(description: Registered): Made {
  const { type } = description;
  const extension = () => extensions[type] ?? {};
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
    button: !description.button
      ? undefined
      : {
          visible: true,
          enabled() {
            return !this.changed;
          },
          onclick() {
            extension().onbutton?.call(this);
          },
        },
    onadd() {
      // What is imported or pasted is in the workspace already, and stays as it was.
      if (!RED.nodes.node(this.id)) chooseUsual(this, description);
      extension().onadd?.call(this);
    },
    oneditprepare(this: OurNode) {
      titleForm(this, description);
      this.mispWidgets = prepareForm(this, description);
      if (description.trial) offerTrial(this, description);
      extension().oneditprepare?.call(this);
    },
    oneditcancel(this: OurNode) {
      formClosed(this);
      delete this.mispWidgets;
    },
    oneditsave(this: OurNode) {
      for (const [field, read] of this.mispWidgets ?? []) this[field] = read();
      formClosed(this);
      delete this.mispWidgets;
      noteUsed(this, description);
      extension().oneditsave?.call(this);
      // Node-RED takes over the secrets after it has validated the node.
      const { id } = this;
      if (!credentialsOf(description)) return;
      setTimeout(() => {
        const node = RED.nodes.node(id);
        if (node) validateAgain(node);
      });
    },
  };
}

/** Adds editor code to a type. */
export function extend(type: string, hooks: Hooks): void {
  extensions[type] = hooks;
}
