import type { Description, Migration } from '../nodes/definition';

/** A definition as the build writes it into the HTML file of its node. */
export type Registered = Omit<Description, 'modules' | 'editorFile' | 'harmless' | 'migrations'> & {
  /** Names of the MISP modules that the node stands for. */
  modules: readonly string[];
  colour?: string;
  migrations: readonly Migration[];
};

/** A node of ours; while its form is open, how to read the fields that have a widget. */
export interface OurNode extends EditorNode {
  mispWidgets?: [name: string, read: () => unknown][];
}

/** Editor code of one node type. */
export interface Hooks {
  onadd?(this: OurNode): void;
  onbutton?(this: OurNode): void;
  oneditprepare?(this: OurNode): void;
  oneditsave?(this: OurNode): void;
}

/** What of Node-RED's description of a type does not stand in its HTML file. */
export type Made = Omit<EditorNodeType, 'category' | 'color' | 'icon' | 'inputs' | 'outputs'>;

/** What the HTML files of our nodes find in the page: a plugin of Node-RED's editor, and no global. */
export interface MispEditor {
  type: 'misp-workflows';
  register(description: Registered): Made;
  extend(type: string, hooks: Hooks): void;
}

const ID = 'misp-workflows';

export function offerPlugin(plugin: MispEditor): void {
  RED.plugins.registerPlugin(ID, plugin);
}

/** Adds editor code to a node type. */
export function extend(type: string, hooks: Hooks): void {
  (RED.plugins.getPlugin(ID) as MispEditor).extend(type, hooks);
}
