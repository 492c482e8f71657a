import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import {
  BROKER_USERS,
  DIRECT_REPLY_TO,
  eventExchange,
  publishedBy,
  queuesOf,
  SERVICES,
  type BrokerUser,
} from '@jangteo/contracts';
import { brokerAccounts, createBrokerUsers, randomPassword, startRabbit, type Rabbit } from '@jangteo/infra';
import { declareTopology } from '../src/topology.js';
import { testConfig } from './fixture.js';

const NAMESPACE = 'shop';

const newAccounts = () =>
  brokerAccounts(
    'shop',
    Object.fromEntries(BROKER_USERS.map((user) => [user, randomPassword()])) as Record<BrokerUser, string>,
  );

describe("the services' users on the broker", () => {
  let dataDir: string;
  let rabbit: Rabbit;
  let urls: Record<BrokerUser, string>;
  const connections = new Map<BrokerUser, ChannelModel>();

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-rabbitmq-'));
    rabbit = await startRabbit({ dataDir });
    urls = await createBrokerUsers(rabbit, newAccounts(), NAMESPACE);
    for (const user of BROKER_USERS) connections.set(user, await connect(urls[user]));
  });

  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
    await rabbit.stop();
    await rm(dataDir, { recursive: true });
  });

  /** Does something on a channel of its own, which a refusal closes. */
  async function as<T>(user: BrokerUser, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const channel = await connections.get(user)!.createConfirmChannel();
    const failed = new Promise<never>((_resolve, reject) => channel.on('error', reject));
    failed.catch(() => undefined);
    const result = await Promise.race([work(channel), failed]);
    await channel.close();
    return result;
  }

  const publish = (user: BrokerUser, exchange: string, key: string): Promise<void> =>
    as(user, async (channel) => {
      channel.publish(exchange, key, Buffer.from('{}'), {}, () => undefined);
      await channel.waitForConfirms();
    });

  const REFUSED = /ACCESS_REFUSED/;

  it('let every service declare, read and bind all that it needs', async () => {
    for (const service of BROKER_USERS) {
      const config = testConfig({ AMQP_URL: urls[service], MESSAGING_NAMESPACE: NAMESPACE });
      await as(service, (channel) => declareTopology(channel, { service, config }));
      await as(service, (channel) => channel.consume(DIRECT_REPLY_TO, () => undefined, { noAck: true }));
      if (service === 'gateway') continue;
      for (const { name, deadLetterQueue } of queuesOf(NAMESPACE, service)) {
        await as(service, (channel) => channel.consume(name, () => undefined));
        await as(service, (channel) => channel.get(deadLetterQueue));
      }
    }
    for (const service of SERVICES) {
      for (const { type } of publishedBy(service)) await publish(service, eventExchange(NAMESPACE), type);
    }
    await expect(publish('gateway', '', 'shop.wallet.requests')).resolves.toBeUndefined();
  });

  it('let the catalog of the release before go on, which tells its own processes of changed products', async () => {
    const [exchange, event] = [eventExchange(NAMESPACE), 'catalog.product-changed'];
    await as('catalog', async (channel) => {
      const name = 'shop.catalog.broadcasts.0198';
      await channel.assertExchange(exchange, 'topic', { durable: true });
      await channel.assertQueue(name, { exclusive: true, autoDelete: true, durable: false });
      await channel.bindQueue(name, exchange, event);
      await channel.consume(name, () => undefined, { noAck: true });
    });
    await expect(publish('catalog', exchange, event)).resolves.toBeUndefined();
  });

  it("do not let wallet read, empty, declare, bind or delete another service's queue", async () => {
    const [own, foreign, exchange] = [
      'shop.wallet.requests',
      'shop.order.requests',
      eventExchange(NAMESPACE),
    ];
    const attempts: [string, (channel: ConfirmChannel) => Promise<unknown>][] = [
      ['consume', (channel) => channel.consume(foreign, () => undefined)],
      ['get', (channel) => channel.get(foreign)],
      ['get dead letters', (channel) => channel.get(`${foreign}.dead`)],
      ['purge', (channel) => channel.purgeQueue(foreign)],
      ['declare', (channel) => channel.assertQueue(foreign, { arguments: { 'x-queue-type': 'classic' } })],
      ['declare a new one', (channel) => channel.assertQueue('shop.order.more')],
      ['declare one of no shop', (channel) => channel.assertQueue('mine')],
      ['delete', (channel) => channel.deleteQueue(foreign)],
      ['bind', (channel) => channel.bindQueue(foreign, exchange, '#')],
      ['bind its own, to hear events', (channel) => channel.bindQueue(own, exchange, '#')],
      ['delete the exchange', (channel) => channel.deleteExchange(exchange)],
      ['declare an exchange', (channel) => channel.assertExchange('shop.mine', 'fanout')],
    ];
    for (const [name, attempt] of attempts) {
      await expect(as('wallet', attempt).then(() => name)).rejects.toThrow(REFUSED);
    }
    await expect(publish('wallet', exchange, 'order.completed')).rejects.toThrow(REFUSED);
  });

  it('let nobody publish or hear an event that is not its own', async () => {
    const exchange = eventExchange(NAMESPACE);
    await expect(publish('catalog', exchange, 'order.completed')).rejects.toThrow(REFUSED);
    await expect(publish('ranking', exchange, 'order.completed')).rejects.toThrow(REFUSED);
    const listens = as('ranking', (channel) => channel.bindQueue('shop.ranking.events', exchange, '#'));
    await expect(listens).rejects.toThrow(REFUSED);
  });

  it('are given new passwords when they are made again, and keep none of the old', async () => {
    const fresh = await createBrokerUsers(rabbit, newAccounts(), NAMESPACE);
    await expect(connect(urls.ranking)).rejects.toThrow(/ACCESS[_-]REFUSED/);
    await (await connect(fresh.ranking)).close();
  });
});
