import { text } from './texts';

/** What the menu MISP offers, by the name of its action. */
export interface Entry {
  action: `misp:${string}`;
  label: string;
  run: () => void;
}

const MENU = 'red-ui-header-button-sidemenu';

/** Adds the menu *MISP* and its actions: an action can be given a key, and is found in the list of actions. */
export function addMenu(entries: () => Entry[]): void {
  let isAdded = false;
  const add = () => {
    // The menu is built when the keyboard is set up, which may be later.
    if (isAdded || $(`#${MENU}-submenu`).length === 0) return;
    isAdded = true;
    if (!RED.user.hasPermission('flows.write')) return;
    const made = entries();
    for (const { action, label, run } of made) RED.actions.add(action, run, { label });
    const options = made.map(({ action, label }) => ({
      id: `menu-item-${action.replace(':', '-')}`,
      label,
      onselect: action,
    }));
    RED.menu.addItem(MENU, { id: 'menu-item-misp', label: text('menu'), options });
  };
  RED.events.on('flows:loaded', add);
}
