import { isIP } from 'node:net';
import { text, type Text } from '../../text';
import type { NewAttribute } from '../add-to-event';
import type { AttributeTypes } from './attribute-types';
import { short } from './refused';

/** More bytes than MISP's database holds of a value. */
const MOST_BYTES = 65_535;

/**
 * What MISP would not take of an attribute, as far as it is known beforehand: of the rest MISP says so itself. What the
 * attribute does not say of category and IDS flag is filled in as MISP has it for its type.
 */
export function problemWith(attribute: NewAttribute, types: AttributeTypes): Text | undefined {
  const { type, value, category } = attribute;
  if (type === '') return text('newEvent.noType');
  const known = types.get(type);
  if (!known) return text('newEvent.unknownType', { type: short(type) });
  if (category !== undefined && !known.categories.has(category))
    return text('newEvent.wrongCategory', { type, category: short(category) });
  if (value.length > MOST_BYTES || Buffer.byteLength(value) > MOST_BYTES)
    return text('newEvent.tooLong', { most: MOST_BYTES });
  if (/^ip-(?:src|dst)$/.test(type) && !isNetwork(value))
    return text('newEvent.noAddress', { value: short(value) });
  attribute.category ??= known.category;
  attribute.to_ids ??= known.toIds;
  return undefined;
}

/** An address, or a network as an address and the length of its prefix. */
function isNetwork(value: string): boolean {
  const [address, prefix, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
