import own from '../data/workflow-modules.json';
import { isSince } from '../version';

type Row = (typeof own)[number];

/**
 * Modules of workflows that came after 2.5.1, by the version that brought them: from release notes and sources, so that
 * they prove nothing about a real MISP. What of them runs here stands in `modules/`; the others do nothing.
 */
const NEWER: readonly { since: string; id: string; name: string; logic?: true }[] = [
  { since: '2.5.8', id: 'filter-tag', name: 'Filter :: Tag', logic: true },
  { since: '2.5.8', id: 'add_analyst_data', name: 'Add Analyst Data' },
  { since: '2.5.8', id: 'attribute_distribution_operation', name: 'Attribute distribution operation' },
  { since: '2.5.8', id: 'notify-user-toast', name: 'Notify user with a toast' },
  { since: '2.5.11', id: 'run-workflow', name: 'Run Workflow' },
  { since: '2.5.27', id: 'flowintel-create-case', name: 'Flowintel :: Create case' },
  { since: '2.5.30', id: 'tag_country_asn_from_enrichment', name: 'Tag country and ASN from enrichment' },
  { since: '2.5.30', id: 'tag_cve_from_enrichment', name: 'Tag CVE from enrichment' },
  { since: '2.5.32', id: 'aggregate_comparator_if', name: 'IF :: Aggregate Comparator', logic: true },
  { since: '2.5.32', id: 'filter-timestamp', name: 'Filter :: Timestamp', logic: true },
  { since: '2.5.37', id: 'blocklist-action-module', name: 'Update blocklist' },
  { since: '2.5.47', id: 'send-report-to-cti-info-extractor', name: 'Summarise report with AI' },
  { since: '2.5.47', id: 'ai-extract-indicators', name: 'Extract indicators with AI' },
];

const like = (id: string) => own.find((row) => row.id === id) as Row;

/** MISP's own modules in a version. */
export function ownModules(version: string): Row[] {
  const newer = NEWER.filter(({ since }) => isSince(version, since)).map(({ id, name, logic }): Row => {
    const base = like(logic ? 'count-if' : 'publish-event');
    return { ...base, id, name, description: name, params: [], disabled: true };
  });
  return [...own, ...newer];
}

/** Whether it is a module of MISP itself. */
export function isOwnModule(module: string, version: string): boolean {
  return ownModules(version).some(({ id }) => id === module);
}
