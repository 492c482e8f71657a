import { BROKER_USERS, type BrokerUser } from '@jangteo/contracts';
import { describe, expect, it } from '@jest/globals';
import { accountsOf, amqpUrlVariables, amqpVariable, definitionsFrom, readAmqpUrls } from './broker-urls.js';
import { importSteps } from './broker-users.js';

describe("the services' brokers", () => {
  const each = Object.fromEntries(
    BROKER_USERS.map((service) => [service, `amqp://${service}:secret%2F@broker/shop`]),
  ) as Record<BrokerUser, string>;

  it('are one for all, one a service, or one for the rest', () => {
    expect(readAmqpUrls({ AMQP_URL: 'amqp://all' })).toEqual({ amqpUrl: 'amqp://all', amqpUrls: {} });
    const all = readAmqpUrls(amqpUrlVariables(each));
    expect(all).toEqual({ amqpUrl: each.gateway, amqpUrls: each });
    const mixed = { AMQP_URL: 'amqp://all', WALLET_AMQP_URL: each.wallet, ORDER_AMQP_URL: '' };
    expect(readAmqpUrls(mixed)).toEqual({ amqpUrl: 'amqp://all', amqpUrls: { wallet: each.wallet } });
    expect(readAmqpUrls({})).toEqual({ amqpUrl: undefined, amqpUrls: {} });
  });

  it('are named where they are missing beside others', () => {
    const [first, ...others] = BROKER_USERS.map(amqpVariable);
    const read = () => readAmqpUrls({ [first!]: 'amqp://one' });
    expect(read).toThrow(`${others.join(', ')}: needed`);
  });

  it('say which user each service is, no two the same', () => {
    expect(accountsOf(each).order).toEqual({ name: 'order', password: 'secret/' });
    expect(() => accountsOf({ ...each, order: 'amqp://broker' })).toThrow('ORDER_AMQP_URL');
    expect(() => accountsOf({ ...each, order: each.wallet })).toThrow('ORDER_AMQP_URL');
  });

  it.each(['pa/ss', 'pa?ss', 'pa#ss', 'pa,ss', 'pa@ss', 'pa%ss', 'pa ss'])(
    'are refused by name where a password stands in them as it is: %s',
    (password) => {
      const urls = { ...each, wallet: `amqp://wallet:${password}@broker:5672` };
      expect(() => accountsOf(urls)).toThrow(/^WALLET_AMQP_URL needs .*WALLET_BROKER_PASSWORD/);
      expect(() => accountsOf(urls)).not.toThrow(password);
      const encoded = { ...each, wallet: `amqp://wallet:${encodeURIComponent(password)}@broker:5672` };
      expect(accountsOf(encoded).wallet.password).toBe(password);
    },
  );

  it('may be the nodes of a cluster, all with the same user', () => {
    const urls = BROKER_USERS.map((service) => [
      service,
      `${each[service]},amqp://${service}:secret%2F@b/shop`,
    ]);
    expect(accountsOf(Object.fromEntries(urls) as typeof each)).toEqual(accountsOf(each));
    const gateway = `amqp://gateway:secret@a:5672/shop,amqp://gateway:secret@b/shop`;
    const { vhosts } = definitionsFrom(amqpUrlVariables({ ...each, gateway }));
    expect(vhosts).toEqual([{ name: 'shop' }]);
  });

  it('have their users made from them, on the virtual host and for the namespace that they name', () => {
    const { users, vhosts, permissions, exchanges } = definitionsFrom({
      ...amqpUrlVariables(each),
      AMQP_URL: 'amqp://all',
      MESSAGING_NAMESPACE: 'branch',
    });
    expect(users).toHaveLength(BROKER_USERS.length);
    expect(vhosts).toEqual([{ name: 'shop' }]);
    expect(permissions).toContainEqual({
      user: 'wallet',
      vhost: 'shop',
      configure: expect.stringContaining('branch'),
      write: expect.any(String),
      read: expect.any(String),
    });
    expect(exchanges).toEqual([
      expect.objectContaining({ name: 'branch.events', vhost: 'shop', type: 'topic' }),
    ]);
    expect(JSON.stringify(users)).not.toContain('secret');
  });

  it('are imported after the exchange that their permissions are for', () => {
    const [first, second] = importSteps(definitionsFrom(amqpUrlVariables(each)));
    expect(first).toHaveProperty('exchanges');
    expect(first).not.toHaveProperty('topic_permissions');
    expect(second).toHaveProperty('topic_permissions');
  });
});
