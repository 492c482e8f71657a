import { describe, expect, it } from '@jest/globals';
import { ANY_NAMESPACE, BROKER_USERS, permissionsOf, type BrokerUser } from './permissions.js';
import { eventExchange, queuesOf } from './topology.js';
import { SERVICES } from './services.js';

const NAMESPACE = 'my.shop';
const may = (user: BrokerUser, what: 'configure' | 'write' | 'read', name: string): boolean =>
  new RegExp(permissionsOf(user, NAMESPACE)[what]).test(name);

describe('the permissions of a service on the broker', () => {
  it.each(SERVICES)('let %s declare and read its own queues and dead letters, and nobody else', (owner) => {
    for (const { name, deadLetterQueue } of queuesOf(NAMESPACE, owner)) {
      for (const queue of [name, deadLetterQueue]) {
        const readers = BROKER_USERS.filter((user) => may(user, 'read', queue));
        const makers = BROKER_USERS.filter((user) => may(user, 'configure', queue));
        expect([readers, makers]).toEqual([[owner], [owner]]);
      }
    }
  });

  it('let only queues that hear events be bound, by who hears them', () => {
    const writable = (queue: string) => BROKER_USERS.filter((user) => may(user, 'write', queue));
    expect(writable('my.shop.ranking.events')).toEqual(['ranking']);
    for (const queue of ['my.shop.wallet.commands', 'my.shop.order.replies', 'my.shop.ranking.requests']) {
      expect(writable(queue)).toEqual([]);
    }
  });

  it('leave the event exchange to those who publish or hear', () => {
    const exchange = eventExchange(NAMESPACE);
    const who = (what: 'configure' | 'write' | 'read') =>
      BROKER_USERS.filter((user) => may(user, what, exchange));
    expect(who('configure')).toEqual(['catalog', 'order', 'ranking']);
    expect(who('write')).toEqual(['catalog', 'order']);
    expect(who('read')).toEqual(['catalog', 'ranking']);
  });

  it('let the catalog of the release before tell its own processes of changed products', () => {
    const queue = 'my.shop.catalog.broadcasts.0198';
    for (const what of ['configure', 'write', 'read'] as const) {
      expect(BROKER_USERS.filter((user) => may(user, what, queue))).toEqual(['catalog']);
    }
    const event = '^(catalog\\.product-changed)$';
    expect(permissionsOf('catalog', NAMESPACE).events).toMatchObject({ write: event, read: event });
  });

  it('let nobody publish an event of another service, or bind one that it does not hear', () => {
    const { events: order } = permissionsOf('order', NAMESPACE);
    expect(order).toMatchObject({ exchange: 'my.shop.events', read: '^$' });
    expect('order.completed').toMatch(new RegExp(order!.write));
    expect('catalog.product-changed').not.toMatch(new RegExp(order!.write));
    const { events: ranking } = permissionsOf('ranking', NAMESPACE);
    expect(ranking?.write).toBe('^$');
    expect('order.cancelled').toMatch(new RegExp(ranking!.read));
    expect('orderXcancelled').not.toMatch(new RegExp(ranking!.read));
    expect(permissionsOf('wallet', NAMESPACE).events).toBeUndefined();
  });

  it('are of one namespace and of whole names', () => {
    for (const name of [
      'my.shop.wallet.requests.more',
      'xmy.shop.wallet.requests',
      'myXshop.wallet.requests',
    ]) {
      expect(may('wallet', 'read', name)).toBe(false);
    }
    expect(may('gateway', 'configure', '')).toBe(true);
    expect(permissionsOf('gateway', NAMESPACE).configure).toBe('^$');
  });

  it('are the same in any namespace where tests make them', () => {
    const { read } = permissionsOf('wallet', ANY_NAMESPACE);
    expect('shop_1.wallet.requests').toMatch(new RegExp(read));
    expect('shop_1.order.requests').not.toMatch(new RegExp(read));
    expect('shop_1.order.wallet.requests').not.toMatch(new RegExp(read));
  });
});
