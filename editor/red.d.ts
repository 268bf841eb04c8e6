/**
 * The parts of Node-RED's editor that this package uses; its own types (@types/node-red__editor-client) lack half of
 * them. What takes text for markup is left out on purpose: see show.ts.
 */

/** A node, tab, subflow, port of a subflow or junction as the editor has it, with its settings. */
interface EditorNode {
  id: string;
  type: string;
  z: string;
  x: number;
  y: number;
  w?: number;
  h?: number;
  /** Of a port of a subflow: which one. */
  i?: number;
  direction?: 'in' | 'out';
  name?: string;
  outputs?: number;
  /** Nodes that use this config node. */
  users?: EditorNode[];
  credentials?: Record<string, unknown>;
  dirty?: boolean;
  changed?: boolean;
  /** What Node-RED found when it validated the node. */
  valid?: boolean;
  _def?: EditorNodeType;
  /** A text of the node's type. */
  _(key: string, params?: object): string;
  [setting: string]: unknown;
}

interface EditorSubflow extends EditorNode {
  in: EditorNode[];
  out: EditorNode[];
}

interface EditorLink {
  source: EditorNode;
  sourcePort?: number;
  target: EditorNode;
}

type Validator = (this: EditorNode, value: unknown, options?: object) => boolean | string;

interface EditorNodeType {
  category: string;
  defaults?: Record<string, { value?: unknown; type?: string; required?: boolean; validate?: Validator }>;
  credentials?: Record<string, { type: string }>;
  color?: string;
  icon?: string;
  inputs: number;
  outputs: number;
  outputLabels?: string[] | ((this: EditorNode, index: number) => string);
  paletteLabel?(this: EditorNode): string;
  label?(this: EditorNode): string;
  labelStyle?(this: EditorNode): string;
  button?: { visible: boolean; enabled(this: EditorNode): boolean; onclick(this: EditorNode): void };
  onadd?(this: EditorNode): void;
  oneditprepare?(this: EditorNode): void;
  oneditcancel?(this: EditorNode): void;
  oneditsave?(this: EditorNode): void;
  /** A text of the type. */
  _?(key: string, params?: object): string;
  /** What brings it. */
  set?: { module: string };
  /** The package whose subflow it is. */
  subflowModule?: string;
}

interface NotifyOptions {
  type?: string;
  timeout?: number;
  fixed?: boolean;
  buttons?: { text: string; class?: string; click?: () => void }[];
}

interface EditorNotification {
  close(): void;
}

interface Badge {
  type: 'badge';
  class: string;
  element(node: EditorNode): SVGElement;
  tooltip(node: EditorNode): string;
  show(node: EditorNode): boolean;
  refresh: string;
}

interface SidebarTab {
  id: string;
  label: string;
  name: string;
  content: JQuery;
  pinned: boolean;
  enableOnEdit: boolean;
  iconClass: string;
  /** It was shown. */
  onchange?(): void;
}

/** What Node-RED's trays are made of; the title is taken for markup, texts of buttons are not. */
interface TrayOptions {
  title: string;
  width: number;
  buttons: { id: string; text: string; class?: string; click(): void }[];
  open(tray: JQuery): void;
  close(): void;
}

interface ImportOptions {
  importMap: Record<string, 'import' | 'copy' | 'replace'>;
  markChanged: boolean;
  applyNodeDefaults: boolean;
}

interface ImportResult {
  nodes: EditorNode[];
  links: object[];
  groups: object[];
  junctions: object[];
  workspaces: object[];
  subflows: object[];
}

declare const RED: {
  _(key: string, params?: object): string;
  actions: { add(name: string, action: () => void, options: { label: string }): void };
  clipboard: { copyText(value: string, element: JQuery, message: string): void };
  comms: { subscribe(topic: string, listener: (topic: string, message: unknown) => void): void };
  editor: {
    edit(node: EditorNode): void;
    editConfig(property: string, type: string, id: string): void;
    editText(options: { mode: string; value: string; width: string; complete(value: string): void }): void;
    updateNodeProperties(node: EditorNode): void;
    validateNode(node: EditorNode): void;
  };
  events: {
    on(event: 'nodes:add', listener: (node: EditorNode) => void): void;
    on(event: 'registry:node-type-added', listener: (type: string) => void): void;
    on(event: string, listener: () => void): void;
    emit(event: string, node: EditorNode): void;
  };
  history: { push(event: object): void };
  hooks: { add(name: string, hook: (event: { node: EditorNode; el: Element }) => void): void };
  nodes: {
    add(node: EditorNode): void;
    addLink(link: EditorLink): void;
    dirty(isDirty?: boolean): boolean;
    eachConfig(visit: (node: EditorNode) => void): void;
    eachJunction(visit: (node: EditorNode) => void): void;
    eachLink(visit: (link: EditorLink) => void): void;
    eachNode(visit: (node: EditorNode) => void): void;
    eachSubflow(visit: (subflow: EditorSubflow) => void): void;
    eachWorkspace(visit: (tab: EditorNode) => void): void;
    filterNodes(filter: { type?: string; z?: string }): EditorNode[];
    getNodeLinks(node: string | EditorNode, portType: number): EditorLink[];
    createExportableNodeSet(nodes: EditorNode[]): object[];
    import(nodes: object[], options: ImportOptions): ImportResult;
    groups(z: string): EditorNode[];
    junctions(z: string): EditorNode[];
    getType(type: string): EditorNodeType | undefined;
    node(id: string): EditorNode | undefined;
    registerType(type: string, definition: EditorNodeType): void;
    subflow(id: string): EditorSubflow | undefined;
    updateConfigNodeUsers?(node: EditorNode, options: { action: 'add' | 'remove' }): void;
    workspace(id: string): EditorNode | undefined;
  };
  menu: { addItem(menu: string, item: { id: string; label: string; options: object[] }): void };
  notify(content: HTMLElement, options: NotifyOptions): EditorNotification;
  plugins: {
    registerPlugin(id: string, plugin: object): void;
    getPlugin(id: string): unknown;
  };
  sidebar: { addTab(tab: SidebarTab): void; show(id: string): void };
  state: Record<'DEFAULT' | 'EDITING', number>;
  statusBar: {
    add(widget: { id: string; align: 'left'; element: JQuery }): void;
    hide(id: string): void;
    show(id: string): void;
  };
  tray: { show(options: TrayOptions): void; close(done?: () => void): void };
  user: { hasPermission(permission: string): boolean };
  utils: {
    getNodeLabel(node: EditorNode, fallback?: string): string;
    sanitize(text: string): string;
    validateTypedProperty(value: unknown, type: string, options: { label: string }): true | string;
  };
  view: {
    annotations: { register(id: string, badge: Badge): void };
    createNode(
      type: string,
      x: number,
      y: number,
      z: string,
    ): { node: EditorNode; historyEvent: Record<string, unknown> };
    select(selection: { nodes: EditorNode[] }): void;
    selection(): { nodes?: EditorNode[] };
    redraw(updateActive?: boolean): void;
    state(): number;
    state(state: number): void;
    reveal(id: string, flash?: boolean): void;
  };
  workspaces: {
    active(): string;
    isLocked?(id: string): boolean;
    /** Tabs that are marked; none if none is but the open one. */
    selection(): EditorNode[];
  };
};

declare module '*.css' {
  const text: string;
  export default text;
}
