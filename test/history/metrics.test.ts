import { strict as assert } from 'node:assert';
import { metricsText } from '../../src/history/metrics';

const none = { refused: 0, rejected: 0, modules: 0, gone: 0, isHistoryInTrouble: false };
const counted = {
  node: { id: 't', type: 'misp-trigger', label: 'gate' },
  ...{ trigger: 'event-publish', runs: 5, blocked: 2, failed: 1, late: 0, p50: 10, p99: 250, askedAt: 1500 },
};

describe('metrics for Prometheus', () => {
  it('have documented names, types and labels', () => {
    const text = metricsText({ ...none, refused: 3, triggers: [counted] });
    const labels = '{trigger="event-publish",node="t",name="gate"}';
    assert.ok(
      text.includes(`# TYPE misp_workflows_runs_total counter\nmisp_workflows_runs_total${labels} 5\n`),
    );
    assert.ok(text.includes(`misp_workflows_blocked_total${labels} 2\n`));
    assert.ok(text.includes('quantile="0.99"} 0.25\n'));
    assert.ok(text.includes(`misp_workflows_last_asked_timestamp_seconds${labels} 1.5\n`));
    assert.ok(text.includes('\nmisp_workflows_refused_total 3\n'));
  });

  it('keep a name from being more than a name', () => {
    const label = 'a"} 1\nforged_total 7\\';
    const text = metricsText({ ...none, triggers: [{ ...counted, node: { ...counted.node, label } }] });
    assert.ok(text.includes('name="a\\"} 1\\nforged_total 7\\\\"}'));
    const line =
      /^(# (HELP|TYPE) \w+ .+|misp_workflows_\w+(\{(\w+="([^"\\\n]|\\["\\n])*",?)+\})? [\d.e+-]+)$/;
    for (const one of text.trim().split('\n')) assert.match(one, line);
  });

  it('are there without any trigger', () => {
    assert.doesNotMatch(metricsText({ ...none, triggers: [] }), /runs_total/);
    assert.match(metricsText({ ...none, triggers: [] }), /^misp_workflows_modules 0$/m);
  });
});
