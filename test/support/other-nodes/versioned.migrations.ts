import type { Migration } from '../../../nodes/definition';

/** Of every kind; the last makes two fields of one, which data alone cannot say. */
export const migrations: Migration[] = [
  { from: 1, rename: { word: 'text' } },
  { from: 2, map: { mode: { upper: 'loud' } }, set: { added: 'yes' } },
  {
    from: 3,
    uses: ['address'],
    apply({ address }) {
      if (typeof address !== 'string') return {};
      const [host, port] = address.split(':');
      return { host, port: Number(port) || 443 };
    },
  },
];
