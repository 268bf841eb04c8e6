/** MISP's topics, in the order in which its publisher empties them. */
export const TOPICS = [
  'misp_json',
  'misp_json_event',
  'misp_json_attribute',
  'misp_json_sighting',
  'misp_json_organisation',
  'misp_json_user',
  'misp_json_conversation',
  'misp_json_object',
  'misp_json_object_reference',
  'misp_json_audit',
  'misp_json_tag',
  'misp_json_warninglist',
  'misp_json_workflow',
  'misp_json_self',
] as const;

/** What all topics begin with. */
export const EVERY_TOPIC = 'misp_json';

/** The topic of MISP's action push-zmq. */
export const WORKFLOW_TOPIC = 'misp_json_workflow';

/** Longer topics are none of MISP's, in bytes. */
const LONGEST_TOPIC = 100;

const SPACE = 0x20;

/** The topic of a frame, which is topic, space, JSON; undefined if the frame is none of MISP's. */
export function topicOf(frame: Buffer): string | undefined {
  const end = frame.subarray(0, LONGEST_TOPIC + 1).indexOf(SPACE);
  const topic = end > 0 ? frame.toString('latin1', 0, end) : '';
  return topic.startsWith(EVERY_TOPIC) ? topic : undefined;
}

/**
 * What to subscribe to. ZeroMQ compares beginnings, so a topic ends with its space: `misp_json` alone would
 * bring all of them.
 * @param everything also what is not wanted, so that silence means something
 */
export function prefixesOf(topics: readonly string[], everything: boolean): string[] {
  return everything ? [EVERY_TOPIC] : topics.map((topic) => `${topic} `);
}
