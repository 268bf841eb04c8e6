/** Modules of MISP that no node stands for by its settings, and why; `misp-run-module` runs them in MISP. */
export const UNMAPPED: Readonly<Record<string, string>> = {
  attribute_edition_operation:
    'It is what the modules that edit attributes have in common, and changes nothing.',
  tag_replacement_generic: 'It has no pattern of its own, and replaces nothing.',
  'blueprint-action-module': 'It is a template for authors of modules, and does nothing.',
  'blueprint-logic-module': 'It is a template for authors of modules, and does nothing.',
};
