/** Something that a picker offers. */
export interface PickerItem {
  /** What is saved. */
  value: string;
  label: string;
  /** Of a tag, such as `#ff0000`. */
  colour?: string;
  /** More to tell two of the same name apart. */
  hint?: string;
}
