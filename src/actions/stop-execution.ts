/** What MISP is told if nothing else was written. */
export const DEFAULT_STOP_MESSAGE = 'Execution stopped';

/**
 * The text with which MISP's module `stop-execution` stops a workflow.
 * @param template to be rendered; empty and "0" count as nothing, which MISP would take for a go-ahead
 */
export function stopMessage(
  template: string | undefined,
  data: unknown,
  render: (template: string, data: unknown) => string,
): string {
  const text = template === undefined || template === '' ? '' : render(template, data);
  return text === '' || text === '0' ? DEFAULT_STOP_MESSAGE : text;
}
