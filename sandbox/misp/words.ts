import type { Outcome } from './workflows/outcome';

/** What came of a trigger, for people. */
export interface Words {
  /** MISP was stopped, was asked and went on, or went on without having been told. */
  kind: 'stopped' | 'allowed' | 'unasked';
  /** One sentence each, the most important first. */
  lines: string[];
}

/** An outcome in words; publishing in MISP's own. */
export function inWords(outcome: Outcome): Words {
  const { trigger, module, blocked, crashed, reason, failedOpen, waitedMs } = outcome;
  const isPublishing = trigger === 'event-publish';
  const waited = `MISP waited ${waitedMs} ms.`;
  if (crashed !== undefined) {
    return {
      kind: 'stopped',
      lines: [`${trigger}: MISP broke off (${crashed}), and nothing was done.`, waited],
    };
  }
  if (blocked) {
    return {
      kind: 'stopped',
      lines: [`${isPublishing ? 'Publishing' : trigger} stopped: ${reason}`, waited],
    };
  }
  const wentOn = isPublishing ? 'Event published.' : `${trigger}: MISP went on.`;
  if (failedOpen !== undefined) {
    const unasked = `MISP could not ask the flow (${failedOpen}): it went on.`;
    return { kind: 'unasked', lines: [unasked, `${wentOn} ${waited}`] };
  }
  if (module === undefined) {
    return { kind: 'unasked', lines: [wentOn, `No workflow is enabled for ${trigger}: MISP asked nobody.`] };
  }
  const complaint =
    reason === undefined ? [] : [`The module gave an error, but it cannot stop this: ${reason}`];
  return { kind: 'allowed', lines: [`${wentOn} ${waited}`, ...complaint] };
}
