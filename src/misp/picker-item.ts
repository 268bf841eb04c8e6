/** What a picker searches in the connected MISP. */
export type PickerSource =
  | 'tags'
  | 'clusters'
  | 'organisations'
  | 'sharing-groups'
  | 'users'
  /** Users, and MISP's names for groups of them. */
  | 'recipients'
  | 'warninglists'
  | 'decaying-models'
  | 'galaxies';

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
