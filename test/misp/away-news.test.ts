import { strict as assert } from 'node:assert';
import { sleep } from '../../src/http/repeat';
import { AwayNews } from '../../src/misp/away-news';
import { CircuitBreaker, type Found } from '../../src/misp/breaker';
import type { MispClient } from '../../src/misp/client';
import { Exchange } from '../../src/news/exchange';
import { freePort } from '../support/misp';
import { until } from '../support/until';
import { eventWith, MispTest, wordsOf } from './support/misp';
import { soon } from '../support/soon';

describe('what Node-REDs tell each other of a MISP', () => {
  describe('the breaker', () => {
    let now = 0;
    let told: Found[] = [];
    let breaker: CircuitBreaker;
    beforeEach(() => {
      [now, told] = [100_000, []];
      breaker = new CircuitBreaker(
        'x',
        () => now,
        (found) => told.push(found),
      );
    });
    const fail = (times = 3) => {
      for (let time = 0; time < times; time++) breaker.failed('no answer');
    };
    const isOpen = () => {
      try {
        breaker.enter();
        return false;
      } catch {
        return true;
      }
    };

    it('tells when it opens and when it closes; what is between is nobody else’s', () => {
      fail(2);
      assert.deepEqual(told, []);
      fail(1);
      assert.deepEqual(told, ['away']);
      assert.equal(isOpen(), true);
      now += 5000;
      breaker.enter();
      breaker.failed('still');
      assert.deepEqual(told, ['away', 'away'], 'others have believed it for one pause');
      now += 10_000;
      breaker.enter();
      breaker.answered();
      breaker.answered();
      assert.deepEqual(told, ['away', 'away', 'back']);
    });

    it('tells no more than twice in five seconds, however a MISP comes and goes', () => {
      for (let time = 0; time < 1000; time++) {
        fail();
        breaker.answered();
        now += 10;
      }
      assert.deepEqual(told, ['away', 'back', 'away', 'back']);
    });

    it('looks when another one has found it away, and believes its own eyes for one pause', () => {
      assert.equal(breaker.isWorthALook('away'), true);
      assert.equal(isOpen(), false, 'it has not looked yet');
      breaker.notSeen('it does not answer here either');
      assert.throws(() => breaker.enter(), /does not answer here either.*in 5 s/);
      now += 5000;
      breaker.enter();
      assert.equal(isOpen(), true, 'one call decides');
      breaker.answered();
      assert.equal(isOpen(), false);
      assert.deepEqual(told, [], 'the others know from whom it was heard');
    });

    it('goes on where it was when its own call fails as well', () => {
      breaker.isWorthALook('away');
      breaker.notSeen('x');
      now += 5000;
      breaker.enter();
      breaker.failed('x');
      now += 9999;
      assert.equal(isOpen(), true);
      now += 1;
      assert.equal(isOpen(), false);
      assert.deepEqual(told, ['away']);
    });

    it('does not look when it knows better: it was answered lately, or asks itself', () => {
      breaker.answered();
      now += 4999;
      assert.equal(breaker.isWorthALook('away'), false);
      now += 1;
      fail();
      assert.equal(breaker.isWorthALook('away'), false, 'it has found that itself');
      now += 5000;
      breaker.enter();
      assert.equal(breaker.isWorthALook('away'), false, 'a call of its own decides');
      breaker.answered();
      assert.equal(breaker.isWorthALook('back'), false, 'it was never away');
    });

    it('does not look again at once, however often it is told', () => {
      let looks = 0;
      for (let time = 0; time < 1000; time++, now += 10) if (breaker.isWorthALook('away')) looks++;
      assert.equal(looks, 2);
      fail();
      looks = 0;
      for (let time = 0; time < 1000; time++, now += 10) if (breaker.isWorthALook('back')) looks++;
      assert.equal(looks, 2);
    });

    it('is not closed by others: a look that gets no answer changes nothing of what it found itself', () => {
      fail();
      assert.equal(breaker.isWorthALook('back'), true);
      breaker.notSeen('x');
      now += 4999;
      assert.equal(isOpen(), true);
      now += 1;
      assert.equal(isOpen(), false);
    });

    it('goes by an answer that came while it looked', () => {
      breaker.isWorthALook('away');
      now += 100;
      breaker.answered();
      breaker.notSeen('x');
      assert.equal(isOpen(), false);
    });
  });

  describe('two clients of one MISP', () => {
    let test: MispTest;
    let [here, there]: MispClient[] = [];
    let told: string[] = [];
    /** Two Node-REDs that hear each other. */
    function clients(more: object = {}): [MispClient, MispClient] {
      told = [];
      const exchanges = [new Exchange(), new Exchange()];
      return exchanges.map((exchange, index) => {
        exchange.sendBy((text) => {
          told.push(text);
          exchanges[1 - index].hear(text, 0);
        });
        const news = new AwayNews(exchange);
        const turned = (found: Found) => news.tell('misp', found);
        const client = test.clientWith({ timeoutMs: 400, turned, ...more });
        news.listen('misp', (found) => void client.hear(found));
        return client;
      }) as [MispClient, MispClient];
    }
    beforeEach(async () => {
      test = await MispTest.start({ events: [eventWith('1', 1), eventWith('2', 1)] });
      [here, there] = clients();
    });
    afterEach(() => test.close());

    const view = (client: MispClient, event: string) => client.get(`/events/view/${event}`);
    const views = (client: MispClient, event: string) =>
      Promise.all([1, 2, 3].map(() => wordsOf(view(client, event))));
    const looks = () => test.misp.calls.list.filter((call) => call.includes('/servers/getVersion')).length;

    it('that hangs costs the other one no time-out, nor a pause when it is back', async () => {
      test.misp.faults.settings = { every: 1, fault: 'silent' };
      for (const words of await views(here, '1')) assert.match(words, /did not answer/);
      await until(() => told.length === 1);
      // As long as the other one's look takes.
      await sleep(500);
      await soon(100, async () => assert.match(await wordsOf(view(there, '1')), /has not answered since/));
      test.misp.faults.settings = {};
      assert.match(await wordsOf(view(there, '1')), /has not answered since/);
      await there.hear('back');
      await view(there, '1');
      assert.equal(told.length, 1);
    });

    it('is no stop for others where one event is slow: who wrote it stops nobody else', async () => {
      test.misp.faults.settings = { every: 1, fault: 'silent', only: /events\/view\/1$/ };
      for (let time = 0; time < 3; time++) {
        await views(here, '1');
        const during = [here, there].flatMap((client) =>
          Array.from({ length: 20 }, () => view(client, '2').then(() => true)),
        );
        assert.ok((await Promise.all(during)).every(Boolean));
      }
      await sleep(100);
      await view(there, '2');
      assert.equal(told.length, 0, 'it has looked itself before it told');
      assert.equal(looks(), 3);
    });

    it('is no stop where the call that tries again is for the event that is slow', async () => {
      test.misp.faults.settings = { every: 1, fault: 'silent' };
      await views(here, '1');
      await until(() => told.length === 1);
      test.misp.faults.settings = { every: 1, fault: 'silent', only: /events\/view\/1$/ };
      // Whoever is turned away hears of that too; the one that tries again waits itself.
      await until(async () => !/has not answered since/.test(await wordsOf(view(here, '1'))));
      // Else nobody would ask for ten seconds.
      const goesOn = () =>
        view(here, '2').then(
          () => true,
          () => false,
        );
      await until(goesOn, 5000);
    });

    it('is looked at beside the calls that hang: they take no place from it', async () => {
      test.misp.faults.settings = { every: 1, fault: 'silent', only: /events\/view\/1$/ };
      const hanging = Array.from({ length: 12 }, () => wordsOf(view(there, '1')));
      await sleep(20);
      const first = await Promise.race([there.hear('away').then(() => 'looked'), ...hanging]);
      assert.equal(first, 'looked');
      assert.equal(looks(), 1);
      await Promise.all(hanging);
    });

    it('says in words of its own why it is away, and never its key', async () => {
      const apiKey = 'sentinel'.repeat(5);
      const url = `http://127.0.0.1:${await freePort()}`;
      const [one, other] = clients({ url, apiKey });
      await views(one, '1');
      await sleep(100);
      const words = await wordsOf(view(other, '1'));
      assert.match(words, /has not answered since.*ECONNREFUSED/);
      assert.ok(!`${words} ${told.join(' ')}`.includes('sentinel'));
      const [{ kind, news }] = told.map((text) => JSON.parse(text) as Record<string, unknown>);
      assert.deepEqual([told.length, kind, news], [1, 'servers', { server: 'misp', found: 'away' }]);
    });
  });

  it('is nothing that is old, of another MISP, or that nobody can read', () => {
    const exchange = new Exchange();
    const heard: Found[] = [];
    const news = new AwayNews(exchange);
    const end = news.listen('misp', (found) => heard.push(found));
    let number = 0;
    const tell = (told: unknown, ageMs = 0) =>
      exchange.hear(JSON.stringify({ from: 'x', number: ++number, kind: 'servers', news: told }), ageMs);
    tell({ server: 'misp', found: 'away' }, 5000);
    for (const wrong of [
      ...[{ server: 'other', found: 'away' }, { server: 'misp', found: 'gone' }, { server: 'misp' }],
      ...[{ server: ['misp'], found: 'away' }, { server: '__proto__', found: 'away' }, null, 'away'],
    ])
      tell(wrong);
    assert.deepEqual(heard, []);
    tell({ server: 'misp', found: 'back' }, 4999);
    end();
    tell({ server: 'misp', found: 'away' });
    assert.deepEqual(heard, ['back']);
  });
});
