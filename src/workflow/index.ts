/**
 * MISP's workflows and blueprints.
 *
 *     const { graph, notes } = readWorkflow(text);            // throws WorkflowError with words for people
 *     checkGraph(graph, { modules });                          // what MISP's editor refuses or warns of
 *     const { nodes, notes } = toFlow(graph, catalogue, { configs: { 'misp-server': id } });
 *     const { graph, notes } = toGraph(nodes, catalogue, { name, description });
 *     writeBlueprint(graph); writeWorkflow(graph); mermaidOf(graph);
 *
 * `catalogue` is `dist/catalogue.json`. A note is `{ level, key, params, about }`; `words({ key, params })` of src/text has
 * its words, which are plain text and never markup.
 */
export type { Catalogue } from './catalogue';
export { checkGraph, type CheckOptions, type MispModules } from './check';
export type { Block, FlowNode, Frame, Graph, Note } from './graph';
export { mermaidOf } from './mermaid';
export { LIMITS, readWorkflow, type Read } from './read';
export { toFlow, type Imported, type ToFlowOptions } from './to-flow';
export { toGraph, type Exported, type ToGraphOptions } from './to-graph';
export { writeBlueprint, writeWorkflow } from './write';
