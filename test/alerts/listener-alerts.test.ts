import { strict as assert } from 'node:assert';
import { EventEmitter } from 'node:events';
import type { Alert } from '../../src/alerts/alert';
import { ListenerAlerts } from '../../src/alerts/listener-alerts';
import type { ListenerService } from '../../src/listener/service';

const HOUR = 3_600_000;

/** What the alerts read of a service. */
class Service extends EventEmitter {
  counts = { refused: 3, shutOut: 0, rejected: 0 };
  current = { state: 'listening' };
  settings = { host: '127.0.0.1', port: 6667 };
  modules = [{ name: 'a' }, { name: 'gone' }];
  askedAt: Record<string, number | undefined> = {};
  isAnnounced = (name: string) => name === 'a';
  contact = (name = '') => ({ since: 0, askedAt: this.askedAt[name] });
}

describe('what of a listener is told', () => {
  let told: Alert[] = [];
  let service: Service;
  const alerts = (silenceMs = HOUR) => {
    told = [];
    service = new Service();
    const place = { id: 'l', type: 'misp-listener', label: 'listener' };
    return new ListenerAlerts(service as unknown as ListenerService, place, silenceMs, (alert) =>
      told.push(alert),
    );
  };

  it('is that MISP does not ask, once for each time that it may be silent', () => {
    const of = alerts();
    for (let now = 0; now <= 2.5 * HOUR; now += HOUR / 10) of.look(now);
    assert.deepEqual(
      told.map(({ cause, at, since }) => [cause, at, since]),
      [
        ['silent', HOUR, 0],
        ['silent', 2 * HOUR, 0],
      ],
    );
    service.askedAt.a = 2.5 * HOUR;
    of.look(3.4 * HOUR);
    assert.equal(told.length, 2, 'it has asked');
    of.look(3.5 * HOUR);
    assert.equal(told[2].since, 2.5 * HOUR);
  });

  it('is nothing where it may be silent, or where nobody can be asked', () => {
    alerts(0).look(1000 * HOUR);
    const of = alerts();
    service.modules = [{ name: 'gone' }];
    of.look(1000 * HOUR);
    assert.deepEqual(told, []);
  });

  it('is nothing that was there before, and nothing after its end', () => {
    const of = alerts();
    service.emit('counts', { ...service.counts });
    assert.deepEqual(told, []);
    service.emit('counts', { ...service.counts, refused: 4 });
    service.emit('answeredFor', { module: 'a', by: 'overload', blocked: true, inHand: false });
    service.emit('answeredFor', { module: 'a', by: 'deadline', blocked: false, inHand: true });
    of.close();
    service.emit('counts', { ...service.counts, refused: 5 });
    assert.deepEqual(
      told.map(({ cause, of: whose, outcome, count }) => [cause, whose, outcome, count]),
      [
        ['refused', 'l', undefined, 4],
        ['policy', 'a', 'block', undefined],
      ],
    );
  });
});
