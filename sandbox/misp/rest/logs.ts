import { limits, page } from './paging';
import type { Resource } from './router';

/** `logs/index`, with its filters on model, action and so on (recording: test/fixtures/rest/logs-index.workflow.json). */
export const logs: Resource = {
  index: {
    run: (request, misp) => {
      const wanted = limits(request);
      const filters = Object.entries(wanted).filter(([name]) => name !== 'limit' && name !== 'page');
      const rows = misp.log.rows.filter((row) => filters.every(([name, value]) => fits(row, name, value)));
      return { status: 200, body: page(rows, wanted).map((Log) => ({ Log })) };
    },
  },
};

function fits(row: object, name: string, value: unknown): boolean {
  const found = Object.entries(row).find(([field]) => field === name);
  return !found || String(found[1]) === String(value);
}
