import { planAnalystData, type AnalystFields, type AnalystKind } from '../../src/actions/analyst-data';
import { requireReports } from '../../src/actions/targets';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { compileTemplate } from '../../src/template/template';
import { wholeOf, type Message } from '../../src/runs/message';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';
import { distributionOf } from './parts/distribution';

/** What MISP has in its form, in the order in which some versions number it. */
const TARGETS = ['Attribute', 'Event', 'EventReport', 'GalaxyCluster', 'Object'] as const;
/** What MISP lets a relationship lead to. */
const RELATED = [
  ...['Event', 'Attribute', 'Object', 'EventReport', 'GalaxyCluster', 'Galaxy', 'Note', 'Opinion'],
  ...['Relationship', 'Organisation', 'SharingGroup'],
];

const ADD_ANALYST_DATA = {
  module: 'add_analyst_data',
  params: {
    target: {
      setting: 'target',
      words: TARGETS.flatMap((name, place) => [
        [name, name] as const,
        [String(place), name] as const,
        [place, name] as const,
      ]),
    },
    analyst_data_type: 'kind',
    distribution: { setting: 'distribution', form: 'text' },
    sharing_group_id: { setting: 'sharingGroup', form: 'one' },
    author: 'author',
    language: 'language',
    note: 'note',
    opinion: { setting: 'opinion', form: 'text' },
    comment: 'comment',
    relationship_type: 'relationshipType',
    related_object_type: 'relatedType',
    related_object_uuid: 'relatedUuid',
  },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-analyst-data',
    modules: [ADD_ANALYST_DATA],
    version: 1,
    attributesWhen: { target: ['Attribute', 'Object'], filter: 'path' },
    labelBy: 'kind',
    fields: {
      kind: { kind: 'select', default: 'Note', options: ['Note', 'Opinion', 'Relationship'] },
      target: { kind: 'select', default: 'Event', options: TARGETS },
      note: { kind: 'template', default: '', required: true, rows: 4, when: { kind: 'Note' } },
      language: { kind: 'text', default: '', when: { kind: 'Note' }, advanced: true },
      opinion: { kind: 'template', default: '50', required: true, rows: 1, when: { kind: 'Opinion' } },
      comment: { kind: 'template', default: '', rows: 3, when: { kind: 'Opinion' } },
      relationshipType: {
        kind: 'template',
        default: 'related-to',
        required: true,
        rows: 1,
        when: { kind: 'Relationship' },
      },
      relatedType: { kind: 'select', default: 'Event', options: RELATED, when: { kind: 'Relationship' } },
      relatedUuid: {
        kind: 'template',
        default: '',
        required: true,
        rows: 1,
        when: { kind: 'Relationship' },
      },
      distribution: { kind: 'select', default: '0', options: ['0', '1', '2', '3', '4', '5'], describe: true },
      sharingGroup: {
        kind: 'picker',
        source: 'sharing-groups',
        default: [],
        required: true,
        when: { distribution: '4' },
      },
      author: { kind: 'text', default: '', advanced: true },
      ...FILTER_FIELD,
      most: { kind: 'number', default: 100, min: 1, max: 10000, advanced: true },
    },
  },
  ({ config, names }) => {
    const { kind, target } = config;
    const filters = filterOf(config.filter);
    const templates = Object.entries(TEMPLATES[kind]).map(
      ([field, setting]) => [field, compileTemplate(config[setting])] as const,
    );
    return async (message, client) => {
      if (target === 'EventReport') requireReports(message.payload, wholeOf(message));
      const fields: AnalystFields = {
        ...(await distributionOf(config, client)),
        ...(config.author === '' ? {} : { authors: config.author }),
        ...ownFields(message),
      };
      return planAnalystData({ kind, target, fields, most: Number(config.most) }, filters, message.payload);
    };

    function ownFields(message: Message): Partial<AnalystFields> {
      const rendered = templates.map(
        ([field, template]) => [field, template.render(message.payload, names(message)).trim()] as const,
      );
      const own: Partial<AnalystFields> = Object.fromEntries(rendered);
      if (kind === 'Note' && config.language !== '') own.language = config.language;
      if (kind === 'Relationship') own.related_object_type = config.relatedType;
      return own;
    }
  },
);

/** The fields of each kind that are templates, with their settings. */
const TEMPLATES = {
  Note: { note: 'note' },
  Opinion: { opinion: 'opinion', comment: 'comment' },
  Relationship: { relationship_type: 'relationshipType', related_object_uuid: 'relatedUuid' },
} as const satisfies Record<AnalystKind, Partial<Record<keyof AnalystFields, string>>>;
