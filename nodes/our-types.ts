import type { Description } from './definition';

/** The node types of this package, filled as they are defined. */
export const ourTypes = new Map<string, Description>();
