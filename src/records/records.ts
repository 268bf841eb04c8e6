/**
 * A set of small records, by their ids, of which there is one truth: several processes may have it.
 */
export interface RecordSet {
  /**
   * Runs work on the records as they are, and keeps what it has changed of them: all of it, or nothing. Work may run
   * again on records that have changed meanwhile: it does nothing else, and takes no time.
   * @returns what the work gave, once it is kept
   * @throws what the work throws, and what the records cannot be read or kept for
   */
  transaction<T>(work: (records: Map<string, string>) => T): Promise<T>;
  /**
   * Tells when others may have changed it.
   * @returns ends that
   */
  watch(onChange: () => void): () => void;
}
