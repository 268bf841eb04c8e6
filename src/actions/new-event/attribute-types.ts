/** What MISP says of a type of attributes. */
export interface AttributeType {
  /** The category where nothing is said. */
  category: string;
  toIds: boolean;
  /** All that it may be in. */
  categories: ReadonlySet<string>;
}

/** By name, as the MISP that is written to has them. */
export type AttributeTypes = ReadonlyMap<string, AttributeType>;
