import leastPassed from './least-passed.json';
import mostDifferent from './most-different.json';
import type { AreaResult } from './runner';

/** How much of all answers, and of an area's, may differ from MISP's on purpose. */
export const MOST_OF_ALL = 0.03;
export const MOST_OF_AREA = 0.15;

/** More may differ in areas where MISP's module does not work: `most-different.json`, explained in docs/differences.md. */
function mostOf(area: string): number {
  return (mostDifferent as Partial<Record<string, number>>)[area] ?? MOST_OF_AREA;
}

/**
 * Whether so many of an area's vectors passed as must: all, unless `least-passed.json` names a share. What
 * failed within that share is still counted and shown as failed.
 */
export function enoughPassed({ area, total, counts }: AreaResult): boolean {
  const share = (leastPassed as Partial<Record<string, number>>)[area];
  if (share === undefined || total === 0) return counts.failed === 0;
  return counts.passed + counts.different >= share * total;
}

/** A line for each bound that is exceeded. */
export function bounds(results: AreaResult[]): string[] {
  const share = (list: AreaResult[]) => {
    const total = list.reduce((sum, result) => sum + result.total - result.counts.skipped, 0);
    return total === 0 ? 0 : list.reduce((sum, { counts }) => sum + counts.different, 0) / total;
  };
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const lines = results
    .filter((result) => share([result]) > mostOf(result.area))
    .map(
      (result) =>
        `${result.area}: ${percent(share([result]))} differ, at most ${percent(mostOf(result.area))} may`,
    );
  const all = share(results);
  if (results.length > 1 && all > MOST_OF_ALL) {
    lines.push(`all areas: ${percent(all)} differ, at most ${percent(MOST_OF_ALL)} may`);
  }
  return lines;
}
