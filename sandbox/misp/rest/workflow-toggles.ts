import { problem, type RestAnswer } from './answers';
import { BROKEN, type Answer } from './workflow-pages';

/** `workflows/toggleModule/MODULE/1`, `workflows/toggleModule/TRIGGER/1/1`. Any name will do. */
export const toggleModule: Answer = ({ args: [name = '', enable, isTrigger] }, { workflowStore }) => {
  const on = enable === '1';
  if (isTrigger === '1') workflowStore.switchTrigger(name, on);
  else workflowStore.switchModule(name, on);
  return toggled(`${on ? 'Enabled' : 'Disabled'} module ${name}`, name, name);
};

/** Several modules at once. */
export const massToggleField: Answer = ({ args: [field, enable], body, url }, { workflowStore }) => {
  const { Workflow: given } = (body ?? {}) as { Workflow?: { module_ids?: unknown } };
  const names = namesIn(given?.module_ids);
  if (field !== 'enabled' || !names) return problem(500, BROKEN, url);
  const on = enable === '1';
  for (const name of names) workflowStore.switchModule(name, on);
  return toggled(`${on ? 'Enabled' : 'Disabled'} ${names.length} modules`, 'Array', names);
};

/** Fails after it has forgotten which modules are enabled. */
export const rebuildRedis: Answer = ({ url }, { workflowStore }) => {
  workflowStore.enabled.clear();
  return problem(500, BROKEN, url);
};

function namesIn(text: unknown): string[] | undefined {
  try {
    const names: unknown = JSON.parse(String(text));
    return Array.isArray(names) ? names.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function toggled(message: string, name: string, id: unknown): RestAnswer {
  const url = `/workflows/toggle_module/${name}`;
  return { status: 200, body: { saved: true, success: true, name: message, message, url, id } };
}
