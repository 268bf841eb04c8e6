import type { Field } from '../nodes/definition';

/** Where in a form a widget stands, and for what. */
export interface Slot {
  /** The element for rows, chips and the like; empty for kinds that have an input of their own. */
  element: JQuery;
  input: JQuery;
  node: EditorNode;
  name: string;
  field: Field;
  type: string;
  /** Of the ids of all inputs of the form. */
  prefix: string;
  /** A text of the field. */
  text: (key: string, values?: object) => string;
}

/** A widget whose value does not stand in the field's own input says how to read it. */
export interface Control {
  read?: () => unknown;
  /** What a user works with, if that is not the input or the element. */
  control?: JQuery;
}
