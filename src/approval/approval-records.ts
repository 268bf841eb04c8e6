import { approvalIn, isId, type Approval } from './approval';
import { isSecret, newSecret, type KeepsApprovals } from './files';

const SECRET = 'secret';

/** What has been read of texts, by their ids: the same text is not read again. */
export type Readings = Map<string, { text: string; approval: Approval | undefined }>;

/** Requests as records of a set, and what links are signed with. */
export class ApprovalRecords implements KeepsApprovals {
  constructor(
    private readonly records: Map<string, string>,
    private readonly readings: Readings,
  ) {}

  /** What is none is left out: nothing passes by it, whoever has written it. */
  read(): Approval[] {
    for (const id of this.readings.keys()) if (!this.records.has(id)) this.readings.delete(id);
    return [...this.records].flatMap(([id, text]) => {
      if (!isId(id)) return [];
      const known = this.readings.get(id);
      if (known?.text === text) return known.approval ?? [];
      const found = approvalIn(text);
      const approval = found?.id === id ? found : undefined;
      this.readings.set(id, { text, approval });
      return approval ?? [];
    });
  }

  save(approval: Approval): void {
    this.records.set(approval.id, JSON.stringify(approval));
  }

  remove(id: string): void {
    this.records.delete(id);
  }

  secret(): string {
    const known = this.records.get(SECRET) ?? '';
    if (isSecret(known)) return known;
    const made = newSecret();
    this.records.set(SECRET, made);
    return made;
  }
}
