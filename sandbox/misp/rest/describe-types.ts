import types from '../data/attribute-types.json';
import type { Action } from './router';

/** Attribute types of MISP that the stand-in knows. */
export const TYPES: ReadonlySet<string> = new Set(types.map(({ type }) => type));

/** `attributes/describeTypes`: types, their categories, and what MISP takes where nothing is said. */
export const describeTypes: Action = {
  run: () => ({ status: 200, body: { result: described() } }),
};

function described() {
  const categories = [...new Set(types.flatMap(({ category, also }) => [category, ...also]))].sort();
  const typesOf = (name: string) =>
    types.filter(({ category, also }) => category === name || also.includes(name)).map(({ type }) => type);
  return {
    sane_defaults: Object.fromEntries(
      types.map(({ type, category, to_ids }) => [type, { default_category: category, to_ids }]),
    ),
    types: types.map(({ type }) => type),
    categories,
    category_type_mappings: Object.fromEntries(categories.map((name) => [name, typesOf(name)])),
  };
}
