/** Triggers whose data is thin, and whose event is in MISP when they fire. */
export const RELOADED: readonly string[] = [
  'event-after-save',
  'event-after-save-new',
  'event-after-save-new-from-pull',
  'attribute-after-save',
  'object-after-save',
  'shadow-attribute-after-save',
  'sighting-after-save',
  'event-report-after-save',
  'tag-attached-after-save',
  'analyst-data-after-save',
];

/** Triggers that tell what is about to be saved; MISP still has what was there before. */
export const STORED: readonly string[] = ['event-before-save', 'shadow-attribute-before-save'];
