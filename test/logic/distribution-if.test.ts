import assert from 'node:assert/strict';
import { distributionIf } from '../../src/logic/distribution-if';

const reports = (params: object, data: object): [boolean, string[]] => {
  const errors: string[] = [];
  return [distributionIf(params, data, (error) => errors.push(error.key)), errors];
};

describe('IF distribution', () => {
  const inObject = {
    Event: { distribution: '3', Object: [{ distribution: '1', Attribute: [{ distribution: '5' }] }] },
  };

  it('takes the most restrictive of event, object and attribute', () => {
    assert.equal(distributionIf({ distribution: '1' }, inObject), true);
    assert.equal(distributionIf({ scope: 'event', distribution: '3' }, inObject), true);
  });

  it('tells whether the sharing group is one of those chosen', () => {
    const shared = { Event: { distribution: '4', sharing_group_id: '7' } };
    const params = { scope: 'event', distribution: '4', sharing_group_id: ['7'] };
    assert.equal(distributionIf(params, shared), true);
    assert.equal(distributionIf({ ...params, condition: 'not_equals' }, shared), false);
    assert.equal(distributionIf(params, { Event: { distribution: '1' } }), false);
  });

  it('reports what MISP refuses, and is false', () => {
    assert.deepEqual(reports({ condition: 'more_restrictive_or_equal_than', distribution: '4' }, inObject), [
      false,
      ['distributionCondition'],
    ]);
    assert.deepEqual(reports({ scope: 'event' }, { Event: { distribution: '5' } }), [
      false,
      ['distributionInherited'],
    ]);
    assert.throws(() => distributionIf({}, { Log: {} }), { key: 'noEvent' });
  });
});
