/** Templates. */
import { compileTemplate } from '../../../src/template/template';
import { textOf } from '../../../src/event/values';
import type { Adapter } from './index';

const render: Adapter = ({ template, data }) => compileTemplate(textOf(template)).render(data);

/** What MISP's templates commonly need, and the rest of Jinja2. */
export const adapters: Record<string, Adapter> = { 'jinja.core': render, 'jinja.full': render };
