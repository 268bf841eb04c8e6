import type { Form, Problem, TestResult } from '../nodes/plugin/api';

/**
 * "Test connection" in the form of a config node: tests the form, saved or not, and says what came of it.
 * @param inputs names of the inputs that are sent, besides `verify`
 */
export function offerTest<Input extends string>(
  node: EditorNode,
  row: JQuery,
  inputs: readonly Input[],
  test: (form: Form<Input>) => JQueryRequest<TestResult | Problem>,
): void {
  const text = (key: string, params?: object) => node._(`${node.type}.test.${key}`, params);
  const input = (name: string) => $(`#node-config-input-${name}`);
  const button = $('<button type="button" class="red-ui-button">').text(text('button')).appendTo(row);
  const result = $('<div class="misp-describe misp-test" role="status" aria-live="polite">')
    .hide()
    .appendTo(row);
  const show = (state: string, message: string) => result.attr('data-state', state).text(message).show();
  const tell = (answer: TestResult | Problem) =>
    'problem' in answer ? show('error', answer.problem) : show(answer.state, answer.message);

  button.on('click', () => {
    show('busy', text('busy'));
    const values = Object.fromEntries(inputs.map((name) => [name, input(name).val()]));
    test({ ...(values as Record<Input, string>), id: node.id, verify: input('verify').prop('checked') })
      .done(tell)
      .fail(({ status }) => show('error', text('failed', { status })));
  });
}
