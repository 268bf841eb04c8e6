/** A MISP trigger, as MISP declares it and as its requests were recorded. */
export interface Trigger {
  id: string;
  /** MISP waits, and a block stops the operation. */
  blocking: boolean;
  /** The data is an event in MISP core format. */
  coreFormat: boolean;
  /** The data may have attributes of the event. */
  attributes: boolean;
  /** MISP saves nothing else while it waits: the run is inside its database transaction. */
  stallsSaving: boolean;
  /** The data carries keys and passwords. */
  secrets: boolean;
}

const trigger = (id: string, flags: Partial<Trigger> = {}): Trigger => ({
  id,
  blocking: false,
  coreFormat: true,
  attributes: flags.coreFormat !== false,
  stallsSaving: false,
  secrets: false,
  ...flags,
});

/**
 * All triggers of MISP, those of newer versions included, and `ad-hoc` for workflows that a user starts.
 * Flags: MISP's own declarations (`workflows/triggers`); saving is stalled by every `*-before-save`.
 */
export const TRIGGERS: readonly Trigger[] = [
  trigger('event-publish', { blocking: true }),
  trigger('event-before-save', { blocking: true, stallsSaving: true }),
  trigger('event-after-save', { attributes: false }),
  trigger('event-after-save-new'),
  trigger('event-after-save-new-from-pull'),
  trigger('event-before-delete', { blocking: true, attributes: false }),
  trigger('attribute-after-save'),
  trigger('object-after-save'),
  trigger('shadow-attribute-before-save', { blocking: true, stallsSaving: true }),
  trigger('shadow-attribute-after-save'),
  trigger('sighting-after-save'),
  trigger('event-report-after-save', { attributes: false }),
  trigger('tag-attached-after-save'),
  trigger('post-after-save', { coreFormat: false }),
  trigger('analyst-data-after-save'),
  trigger('user-before-save', { blocking: true, coreFormat: false, stallsSaving: true, secrets: true }),
  trigger('user-after-save', { coreFormat: false, secrets: true }),
  trigger('log-after-save', { coreFormat: false, secrets: true }),
  trigger('enrichment-before-query', { blocking: true }),
  trigger('ad-hoc', { blocking: true }),
];

/** Triggers whose event a flow can clear while MISP waits: it is in MISP, and nothing of it is being saved. */
export const CLEARABLE = ['event-publish', 'ad-hoc'];

const byId = new Map(TRIGGERS.map((entry) => [entry.id, entry]));

/** The trigger with this id, or undefined. */
export function triggerById(id: string): Trigger | undefined {
  return byId.get(id);
}
