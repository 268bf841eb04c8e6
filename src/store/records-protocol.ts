/** What a record is now; null if it is gone. */
export type RecordChange = readonly [id: string, text: string | null];

/** What is asked of the thread about a set of records. */
export type RecordsQuestion =
  | { do: 'load'; set: string; version: string | undefined }
  | { do: 'commit'; set: string; version: string; changes: readonly RecordChange[] };

/** A set of records; without them if they are those of the version that was named. */
export interface LoadedRecords {
  version: string;
  records?: readonly (readonly [id: string, text: string])[];
}
