/**
 * MISP's core format, as a workflow gets it: `{Event: {...}}` with two additions of the workflow engine,
 * `_AttributeFlattened` (all attributes, those of objects included) and `_allTags` on each attribute.
 * @see https://www.misp-standard.org/rfc/misp-standard-core.html
 */

/** MISP sends ids and times as texts, some places as numbers; flags as booleans, numbers or texts. */
export type MispId = string | number;
export type MispFlag = boolean | number | string;

/** Fields that MISP adds from version to version. */
interface Extensible {
  [field: string]: unknown;
}

export interface MispTag extends Extensible {
  id?: MispId;
  name: string;
  colour?: string;
  local?: MispFlag;
  is_galaxy?: MispFlag;
}

/** A tag in `_allTags`: the event's are inherited. */
export interface MispEffectiveTag extends MispTag {
  inherited: boolean;
}

export interface MispOrganisation extends Extensible {
  id?: MispId;
  name?: string;
  uuid?: string;
}

export interface MispAttribute extends Extensible {
  id?: MispId;
  uuid?: string;
  event_id?: MispId;
  object_id?: MispId;
  object_relation?: string | null;
  category?: string;
  type?: string;
  value?: string;
  to_ids?: MispFlag;
  comment?: string;
  timestamp?: MispId;
  distribution?: MispId;
  sharing_group_id?: MispId;
  deleted?: MispFlag;
  Tag?: MispTag[];
  _allTags?: MispEffectiveTag[];
}

export interface MispObject extends Extensible {
  id?: MispId;
  uuid?: string;
  name?: string;
  'meta-category'?: string;
  distribution?: MispId;
  sharing_group_id?: MispId;
  timestamp?: MispId;
  Attribute?: MispAttribute[];
}

export interface MispEventReport extends Extensible {
  id?: MispId;
  uuid?: string;
  name?: string;
  content?: string;
  timestamp?: MispId;
  Tag?: MispTag[];
  _allTags?: MispEffectiveTag[];
}

export interface MispEvent extends Extensible {
  id?: MispId;
  uuid?: string;
  info?: string;
  date?: string;
  threat_level_id?: MispId;
  analysis?: MispId;
  distribution?: MispId;
  sharing_group_id?: MispId;
  published?: MispFlag;
  org_id?: MispId;
  orgc_id?: MispId;
  timestamp?: MispId;
  Org?: MispOrganisation;
  Orgc?: MispOrganisation;
  Tag?: MispTag[];
  Attribute?: MispAttribute[];
  Object?: MispObject[];
  EventReport?: MispEventReport[];
  _AttributeFlattened?: MispAttribute[];
}

/** What a workflow works on. */
export interface MispData extends Extensible {
  Event: MispEvent;
}
