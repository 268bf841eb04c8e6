import { compileTemplate } from '../../template/template';
import { text } from '../../text';
import { failed } from '../kinds/drawn';
import type { Reply } from '../kinds/kind';

/** The module of misp-modules that MISP asks for every template in a workflow. */
export const TEMPLATES = 'jinja_template_rendering';

/** Answers as misp-modules does: the empty text where a template cannot be rendered. */
export function renderTemplate(body: Uint8Array): Reply {
  try {
    const { text: asked } = JSON.parse(Buffer.from(body).toString()) as { text?: unknown };
    const { template = '- Default template -', data = {} } = fieldsOf(asked) as {
      template?: string;
      data?: unknown;
    };
    return rendered(template, data);
  } catch {
    return failed(text('service.noTemplate'));
  }
}

/** @throws if it is no text of a JSON object */
function fieldsOf(asked: unknown): object {
  const fields = typeof asked === 'string' ? (JSON.parse(asked) as unknown) : undefined;
  if (typeof fields !== 'object' || fields === null) throw new Error();
  return fields;
}

function rendered(template: string, data: unknown): Reply {
  let value = '';
  try {
    value = compileTemplate(template).render(data);
  } catch {
    // MISP's workflows go on with the empty text.
  }
  return { body: JSON.stringify({ results: [{ types: ['text'], values: [value] }] }), blocks: false };
}
