import type { MispAttribute, MispEvent, MispTag } from './model';

type WithAllTags = MispAttribute & { _allTags: (MispTag & { inherited: boolean })[] };

/**
 * An event as the data of a trigger: core format, each attribute with all tags it has or inherits, and a flat
 * copy of all attributes (recorded in test/fixtures/triggers/event-publish.json).
 */
export function triggerData(event: MispEvent): { Event: MispEvent & { _AttributeFlattened: WithAllTags[] } } {
  const inherited = event.Tag.map((tag) => ({ ...tag, inherited: true }));
  const withTags = (attribute: MispAttribute): WithAllTags => ({
    ...attribute,
    _allTags: [...inherited, ...(attribute.Tag ?? []).map((tag) => ({ ...tag, inherited: false }))],
  });
  const attributes = event.Attribute.map(withTags);
  const objects = event.Object.map((object) => ({ ...object, Attribute: object.Attribute.map(withTags) }));
  return {
    Event: {
      ...event,
      Attribute: attributes,
      Object: objects,
      _AttributeFlattened: [...attributes, ...objects.flatMap((object) => object.Attribute)],
    },
  };
}
