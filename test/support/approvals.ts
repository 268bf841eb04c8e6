import type { Asked } from '../../src/approval/approvals';

export const HOUR = 3_600_000;
export const ALICE = { email: 'alice@example.org', name: 'alice@example.org' };
export const BOB = { email: 'bob@example.org', name: 'bob@example.org' };
export const UUID = '091b3ba9-7144-478d-ae4b-aa4b734b2703';

export const shown = {
  ...{ id: '1', uuid: UUID, info: 'Harbor', date: '', organisation: '', threatLevel: '', analysis: '' },
  ...{ distribution: '1', sharingGroup: '', tags: [], attributes: 0, objects: 0, reports: 0, types: [] },
};
export const asked = (digest: string, more: Partial<Asked> = {}): Asked => ({
  ...{ node: 'n1', digest, author: 'author@example.org', event: shown, findings: '', validMs: HOUR },
  ...more,
});
