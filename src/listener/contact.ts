/** When MISP was last heard of, in milliseconds since 1970; without a time it was not. */
export interface Contact {
  /** Since when anybody listens. */
  since: number;
  fetchedAt?: number;
  /** It asked the module in question. */
  askedAt?: number;
}
