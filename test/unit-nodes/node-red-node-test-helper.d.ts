/** The parts of the test helper that are used here; it brings no types. */
declare module 'node-red-node-test-helper' {
  type Register = (RED: object) => void;
  interface HelperNode {
    receive(message: object): void;
    on(event: 'input', listener: (message: { payload: unknown; misp?: unknown }) => void): void;
    on(event: 'call:error', listener: (call: { firstArg: unknown }) => void): void;
  }
  const helper: {
    init(nodeRed: string): void;
    load(nodes: Register[], flow: object[], credentials: object): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): HelperNode;
  };
  export default helper;
}
