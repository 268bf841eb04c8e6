/** What a MISP stores, in the form of `events/view`. MISP gives ids and times as text. */
export interface MispTag {
  id: string;
  name: string;
  colour: string;
  local: boolean;
  is_galaxy: boolean;
  [field: string]: unknown;
}

export interface MispAttribute {
  id: string;
  uuid: string;
  type: string;
  category: string;
  value: string;
  timestamp?: unknown;
  ShadowAttribute?: unknown;
  Tag?: MispTag[];
  [field: string]: unknown;
}

export interface MispObject {
  id: string;
  uuid: string;
  name: string;
  Attribute: MispAttribute[];
  [field: string]: unknown;
}

export interface Organisation {
  id: string;
  name: string;
  uuid: string;
  local: boolean;
}

export interface MispEvent {
  id: string;
  uuid: string;
  info: string;
  date: string;
  org_id: string;
  orgc_id: string;
  threat_level_id: string;
  analysis: string;
  distribution: string;
  sharing_group_id: string;
  attribute_count: string;
  timestamp: string;
  publish_timestamp: string;
  published: boolean;
  locked: boolean;
  proposal_email_lock: boolean;
  disable_correlation: boolean;
  extends_uuid: string;
  protected: null;
  Org: Organisation;
  Orgc: Organisation;
  Tag: MispTag[];
  Attribute: MispAttribute[];
  Object: MispObject[];
  ShadowAttribute?: unknown;
  [field: string]: unknown;
}
