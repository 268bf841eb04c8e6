export type Part = 'Attribute' | 'Object' | 'EventReport';

/** Of the triggers that carry one thing of an event: which one. */
export const ONE: Readonly<Record<string, Part | undefined>> = {
  'attribute-after-save': 'Attribute',
  'enrichment-before-query': 'Attribute',
  'event-report-after-save': 'EventReport',
  'object-after-save': 'Object',
  'shadow-attribute-after-save': 'Attribute',
  'shadow-attribute-before-save': 'Attribute',
  'sighting-after-save': 'Attribute',
};
/** Triggers that carry the event's own fields and its tags. */
const OWN_FIELDS = [
  'event-after-save',
  'event-before-delete',
  'event-before-save',
  'tag-attached-after-save',
];
export const WHOLE: readonly string[] = [
  ...['event-publish', 'event-after-save-new', 'event-after-save-new-from-pull', 'ad-hoc'],
];

/** Whether a test run of the trigger can be made with an event that MISP has. */
export function takesEvents(trigger: string): boolean {
  return Object.hasOwn(ONE, trigger) || OWN_FIELDS.includes(trigger) || WHOLE.includes(trigger);
}
