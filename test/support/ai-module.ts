import { startModules, type ModuleServiceStandIn, type Query } from './modules';

type Row = Record<string, unknown>;

/** MISP's AI module as the stand-in asks it, with an answer for each use. */
export async function startAiModule(): Promise<ModuleServiceStandIn> {
  const listed = {
    name: 'ai_connector',
    type: 'expansion',
    mispattributes: {},
    meta: { 'module-type': ['ai'] },
  };
  const service = await startModules([listed]);
  service.answer = answerOf;
  return service;
}

/** Where a stand-in finds it. */
export function placeOf({ url }: ModuleServiceStandIn): { url: string; port: number } {
  return { url: 'http://127.0.0.1', port: Number(new URL(url).port) };
}

function answerOf({ use_case, data }: Query): object {
  const { EventReport: report, Event: event } = data as { Event: Row; EventReport?: Row };
  switch (use_case) {
    case 'summarization_on_event':
      return {
        results: { EventReport: { name: `AI summary: ${String(event.info)}`, content: block('the event') } },
      };
    case 'summarization_on_eventReport': {
      const content = `${block('the report')}\n\n${String(report?.content)}`;
      return { results: { EventReport: { name: report?.name, content } } };
    }
    case 'tag_suggest':
      return { results: { Tag: [{ name: 'tlp:red' }, { name: 'lab:new' }, ...AI_TAGS] } };
    default:
      return {
        results: { Attribute: [{ type: 'domain', category: 'Network activity', value: 'found.example' }] },
      };
  }
}

const block = (what: string) => `# AI summary\n- ${what} in short\n\n==================`;
const AI_TAGS = ['assistance-level="ai-generated"', 'review-level="unreviewed"'].map((name) => ({
  name: `ai-computer-assisted:${name}`,
}));
