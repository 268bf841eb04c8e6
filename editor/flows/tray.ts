/** What a tray shows, and what can be done in it. */
export interface Tray {
  /** One of our own texts: Node-RED takes it for markup. */
  title: string;
  width: number;
  cancel: string;
  buttons?: { id: string; text: string; click: () => void }[];
  fill: (body: JQuery) => void;
  /** It is closed, however. */
  closed?: () => void;
}

/** Opens one of Node-RED's trays, which slide in over the workspace; Escape and the first button close it. */
export function openTray({ title, width, cancel, buttons = [], fill, closed }: Tray): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') RED.tray.close();
  };
  // One that opens over a form goes back to it.
  const before = RED.view.state();
  RED.view.state(RED.state.EDITING);
  RED.tray.show({
    title,
    width,
    buttons: [
      { id: 'misp-tray-cancel', text: cancel, click: () => RED.tray.close() },
      ...buttons.map((button) => ({ ...button, class: 'primary' })),
    ],
    open(tray) {
      fill($('<div class="misp-tray">').appendTo(tray.find('.red-ui-tray-body')));
      document.addEventListener('keydown', onKey);
    },
    close() {
      document.removeEventListener('keydown', onKey);
      RED.view.state(before);
      closed?.();
    },
  });
}
