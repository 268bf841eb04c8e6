import type { NodeAPI } from 'node-red';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { words } from '../../src/text';
import { runtimeOf } from '../runtime';
import type { Problem } from './api';
import { maySeeData, NotPermitted } from './permission';

const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;

/** `GET /audit`: who changed what in MISP, and who sent what, as a file; with `format=csv` as CSV. */
export function serveAudit(RED: NodeAPI): void {
  const { audit } = runtimeOf(RED);
  RED.httpAdmin.get('/misp-workflows/audit', RED.auth.needsPermission('misp.read'), (request, response) => {
    if (!maySeeData(request)) {
      const problem = words(new NotPermitted().said);
      return void response.status(403).json({ problem } satisfies Problem);
    }
    const format = request.query.format === 'csv' ? 'csv' : 'jsonl';
    response.set({
      'Content-Type': TYPES[format],
      'Content-Disposition': `attachment; filename="misp-audit.${format}"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    // Who hangs up gets the rest no more.
    pipeline(Readable.from(audit.export(format)), response).catch(() => response.destroy());
  });
}
