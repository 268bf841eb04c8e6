import { strict as assert } from 'node:assert';
import { hiddenTexts, partsOfAddress, scrub, scrubError } from '../../src/http/scrub';
import { WorkflowError } from '../../src/text';

describe('secrets in what is said', () => {
  it('are hidden, the longest first, so that nothing of one is left over', () => {
    const hidden = hiddenTexts(['secret', 'secret-and-more', 'abc', '', 'secret']);
    assert.deepEqual(hidden, ['secret-and-more', 'secret']);
    assert.equal(scrub('no secret-and-more, no secret, abc', hidden), 'no ***, no ***, abc');
  });

  it('are all that is behind the host of a secret address', () => {
    const address = 'https://user:password@chat.example.org/hooks/T0123456789abc?k=0123456789abcdef';
    const hidden = hiddenTexts([address, ...partsOfAddress(address)]);
    for (const part of [
      'T0123456789abc',
      '0123456789abcdef',
      'password',
      '/hooks/T0123456789abc?k=0123456789abcdef',
    ])
      assert.ok(!scrub(`said ${part}`, hidden).includes(part), part);
    assert.equal(scrub('chat.example.org', hidden), 'chat.example.org');
  });

  it('are hidden in the parameters of an error too, which are shown in other languages', () => {
    const error = new WorkflowError('action.failedSeveral', { first: 'no sesame-key', count: 1 });
    const clean = scrubError(error, ['sesame-key']);
    assert.ok(!JSON.stringify([clean.message, clean.params]).includes('sesame-key'));
    assert.deepEqual([clean.key, clean.params.count], ['action.failedSeveral', 1]);
    assert.equal(scrubError(error, ['other']), error);
  });
});
