import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type ChannelModel, type ConfirmChannel, type GetMessage, type Options } from 'amqplib';
import {
  accessMatrix,
  BROKER_USERS,
  carriedIn,
  done,
  eventExchange,
  HEADERS,
  PARKED_HEADERS,
  queuesOf,
  readBalance,
  SERVICES,
  type AnsweredContract,
  type BrokerUser,
  type Carried,
  type CommandContract,
  type EventContract,
  type Place,
  type ServiceName,
} from '@jangteo/contracts';
import {
  brokerAccounts,
  createBrokerUsers,
  eventually,
  randomPassword,
  startRabbit,
  type Rabbit,
} from '@jangteo/infra';
import type { Arrival } from '../src/consumer-session.js';
import { recordsOf } from '../src/dead-letter-record.js';
import { answer, Broker, hear, hearReplies, newId, type Delivery, type Handler } from '../src/index.js';
import { sendersOf } from '../src/senders.js';
import { startGateway, startService, testConfig, type TestService } from './fixture.js';

const NAMESPACE = 'shop';

const accounts = brokerAccounts(
  'shop',
  Object.fromEntries(BROKER_USERS.map((user) => [user, randomPassword()])) as Record<BrokerUser, string>,
);

/** Handed to a handler, whatever it was. */
const handled: { readonly service: ServiceName; readonly type: string; readonly messageId: string }[] = [];

/** Handlers of all that comes to a service, which note it and answer what the contract shows as an example. */
function handlersOf(service: ServiceName): Handler[] {
  const note = async (batch: readonly Delivery[]): Promise<void> => {
    for (const { type, messageId } of batch) handled.push({ service, type, messageId });
  };
  return queuesOf(NAMESPACE, service).flatMap((queue): Handler[] => {
    const contracts = carriedIn(service, queue).map(({ contract }) => contract);
    if (queue.role === 'events')
      return [hear(contracts as EventContract[], Broker, (_broker, batch) => note(batch))];
    if (queue.role === 'replies')
      return [hearReplies(contracts as CommandContract[], Broker, (_broker, batch) => note(batch))];
    return contracts.flatMap((contract) => {
      if (contract.kind === 'event') return [];
      return answer<AnsweredContract, Broker>(contract, Broker, async (_broker, batch) => {
        await note(batch);
        return batch.map(() => done(contract.example.value));
      });
    });
  });
}

function bodyOf({ type, contract }: Carried): Buffer {
  const isReply = contract.kind === 'command' && type !== contract.type;
  return Buffer.from(JSON.stringify(isReply ? done(contract.example.value) : contract.example.payload));
}

describe('a message of somebody who may not send it', () => {
  let dataDir: string;
  let rabbit: Rabbit;
  let gateway: Omit<TestService, 'server'>;
  const services: TestService[] = [];
  const connections = new Map<BrokerUser, ChannelModel>();
  const urls = {} as Record<BrokerUser, string>;
  const configOf = (user: BrokerUser) => testConfig({ AMQP_URL: urls[user], MESSAGING_NAMESPACE: NAMESPACE });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-rabbitmq-'));
    rabbit = await startRabbit({ dataDir });
    Object.assign(urls, await createBrokerUsers(rabbit, accounts, NAMESPACE));
    for (const user of BROKER_USERS) connections.set(user, await connect(urls[user], { noDelay: true }));
    for (const service of SERVICES) {
      const script = { handlers: handlersOf(service) };
      services.push(await startService({ service, config: configOf(service), script }));
    }
    gateway = await startGateway(configOf('gateway'));
  });

  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
    for (const service of [gateway, ...services]) await service.close();
    await rabbit.stop();
    await rm(dataDir, { recursive: true });
  });

  async function onChannel<T>(user: BrokerUser, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const channel = await connections.get(user)!.createConfirmChannel();
    const failed = new Promise<never>((_resolve, reject) => channel.on('error', reject));
    failed.catch(() => undefined);
    const result = await Promise.race([work(channel), failed]);
    await channel.close();
    return result;
  }

  /** Publishes as a user, in the way of `carried`'s honest sender. @returns the message's id */
  async function publish(
    as: BrokerUser,
    to: { readonly exchange?: string; readonly key: string },
    carried: Carried,
    options: Options.Publish = { userId: accounts[as].name },
  ): Promise<string> {
    const messageId = newId();
    const headers = { [HEADERS.schemaVersion]: carried.contract.version, ...options.headers };
    await onChannel(as, async (channel) => {
      const properties = { type: carried.type, messageId, correlationId: newId(), persistent: true };
      channel.publish(to.exchange ?? '', to.key, bodyOf(carried), { ...properties, ...options, headers });
      await channel.waitForConfirms();
    });
    return messageId;
  }

  const ownerOf = ({ queue }: Place): ServiceName =>
    SERVICES.find((service) => queue?.name.startsWith(`${NAMESPACE}.${service}.`)) as ServiceName;

  /** Takes one message out of a queue of dead letters, as its service. */
  async function parked(place: Place): Promise<GetMessage> {
    const { queue } = place;
    return await eventually(() =>
      onChannel(
        ownerOf(place),
        async (channel) => await channel.get(queue!.deadLetterQueue, { noAck: true }),
      ),
    );
  }

  const wasHandled = (messageId: string): boolean => handled.some((one) => one.messageId === messageId);

  const queues = accessMatrix(NAMESPACE).filter(
    ({ queue, carried }) => queue !== undefined && carried.length > 0,
  );

  it.each(queues.map((place) => [place.name, place] as const))(
    'to %s is parked, says who it was, and is never handed to a handler',
    async (_name, place) => {
      const [honest] = place.carried as [Carried];
      for (const user of BROKER_USERS) {
        const carried = place.carried.find(({ sender }) => sender !== user);
        if (carried === undefined) continue;
        const messageId = await publish(user, { key: place.name }, carried);
        const { properties } = await parked(place);
        expect(properties.headers).toMatchObject({
          [PARKED_HEADERS.messageId]: messageId,
          [PARKED_HEADERS.reason]: 'wrong-sender',
          [PARKED_HEADERS.sender]: accounts[user].name,
        });
        expect(wasHandled(messageId)).toBe(false);
      }
      const unsigned = await publish(honest.sender, { key: place.name }, honest, {});
      expect((await parked(place)).properties.headers).toMatchObject({
        [PARKED_HEADERS.messageId]: unsigned,
        [PARKED_HEADERS.reason]: 'no-sender',
      });
      const rightful = await publish(honest.sender, { key: place.name }, honest);
      await eventually(() => wasHandled(rightful));
      expect(wasHandled(unsigned)).toBe(false);
    },
  );

  const deadQueues = accessMatrix(NAMESPACE).filter(({ queue, name }) => name === queue?.deadLetterQueue);

  it('has queues of dead letters to be laid in, one for each queue', () => {
    expect(deadQueues.map(({ queue }) => queue?.name)).toEqual(queues.map(({ name }) => name));
  });

  it.each(deadQueues.map((place) => [place.name, place] as const))(
    'to %s is kept as what it is, whatever it says of itself',
    async (_name, place) => {
      const queue = place.queue!;
      const owner = ownerOf(place);
      const senders = sendersOf({ service: owner, config: configOf(owner) });
      const [carried] = carriedIn(owner, queue) as [Carried];
      const headers = {
        [PARKED_HEADERS.messageId]: 'm',
        [PARKED_HEADERS.reason]: 'handler-failed',
        [PARKED_HEADERS.sender]: accounts[carried.sender].name,
        [HEADERS.sender]: accounts[carried.sender].name,
        [HEADERS.vouchedBy]: 'admin',
      };
      const kept = async (as: BrokerUser, userId: string | undefined): Promise<unknown> => {
        await publish(as, { key: place.name }, carried, { ...(userId && { userId }), headers });
        const [letter] = recordsOf({ message: (await parked(place)) as unknown } as Arrival, {
          queue,
          senders,
        });
        return letter?.record.reason;
      };
      const reasons: Record<string, unknown> = {};
      for (const user of BROKER_USERS) reasons[user] = await kept(user, accounts[user].name);
      expect(reasons).toEqual(
        Object.fromEntries(
          BROKER_USERS.map((user) => [
            user,
            place.publish[user] === 'allowed' ? 'handler-failed' : 'wrong-sender',
          ]),
        ),
      );
      expect(await kept('gateway', undefined)).toBe('no-sender');
    },
  );

  it('cannot be signed by another, nor vouched for by the headers of who sends it', async () => {
    const [place] = queues.filter(({ name }) => name === 'shop.wallet.commands') as [Place];
    const [debit] = place.carried as [Carried];
    const forging = publish('coupon', { key: place.name }, debit, { userId: accounts.order.name });
    await expect(forging).rejects.toThrow('PRECONDITION_FAILED');
    const headers = {
      [HEADERS.sentAgain]: newId(),
      [HEADERS.sender]: accounts.order.name,
      [HEADERS.vouchedBy]: 'admin',
      [PARKED_HEADERS.messageId]: 'm',
      [PARKED_HEADERS.sender]: accounts.order.name,
    };
    for (const userId of [accounts.coupon.name, undefined]) {
      const messageId = await publish('coupon', { key: place.name }, debit, {
        ...(userId && { userId }),
        headers,
      });
      const { properties } = await parked(place);
      expect(properties.headers?.[PARKED_HEADERS.reason]).toBe(userId ? 'wrong-sender' : 'no-sender');
      expect(properties.headers?.[HEADERS.sender]).toBeUndefined();
      expect(wasHandled(messageId)).toBe(false);
    }
  });

  it('is refused by the broker where it is an event', async () => {
    const events = accessMatrix(NAMESPACE).filter(
      ({ queue, name }) => queue === undefined && name.includes(': '),
    );
    expect(events.length).toBeGreaterThan(1);
    for (const { carried, publish: may } of events) {
      const [event] = carried as [Carried];
      for (const user of BROKER_USERS) {
        const attempt = publish(user, { exchange: eventExchange(NAMESPACE), key: event.type }, event);
        const said = await attempt.then(
          () => 'allowed',
          (error: unknown) => String(error),
        );
        expect(said).toMatch(may[user] === 'allowed' ? /^allowed$/ : /ACCESS_REFUSED/);
      }
    }
  });

  it('leaves each queue to its service: nobody else reads, declares, empties or deletes it', async () => {
    const refuses = async (user: BrokerUser, { name, queue, read, rule }: Place): Promise<void> => {
      if (queue === undefined || (read[user] === 'allowed' && rule[user] === 'allowed')) return;
      const attempts: ((channel: ConfirmChannel) => Promise<unknown>)[] = [
        (channel) => channel.get(name),
        (channel) => channel.consume(name, () => undefined),
        (channel) => channel.purgeQueue(name),
        (channel) => channel.deleteQueue(name),
        (channel) => channel.assertQueue(name),
        (channel) => channel.bindQueue(name, eventExchange(NAMESPACE), '#'),
      ];
      for (const attempt of attempts)
        await expect(onChannel(user, attempt)).rejects.toThrow('ACCESS_REFUSED');
    };
    await Promise.all(
      BROKER_USERS.map(async (user) => {
        for (const place of accessMatrix(NAMESPACE)) await refuses(user, place);
      }),
    );
  });

  it('is no answer: who has asked goes on waiting for the one that was asked', async () => {
    let asked: GetMessage | undefined;
    const [wallet] = services as [TestService];
    const { payload, value } = readBalance.example;
    await wallet.close();
    services.shift();
    const answering = gateway.client.ask(readBalance, payload, { deadlineMs: 30_000 });
    await eventually(async () => {
      const got = await onChannel('wallet', async (channel) =>
        channel.get('shop.wallet.requests', { noAck: true }),
      );
      asked = got === false ? undefined : got;
      return got !== false;
    });
    const { replyTo, correlationId } = asked!.properties;
    const answerAs = (user: BrokerUser, answered: unknown) =>
      onChannel(user, async (channel) => {
        const options = { type: 'answer', correlationId, userId: accounts[user].name };
        channel.publish('', String(replyTo), Buffer.from(JSON.stringify(answered)), options);
        await channel.waitForConfirms();
      });
    for (const user of BROKER_USERS) {
      if (user !== 'wallet') await answerAs(user, done({ ...value, currentBalance: 9_000_000 }));
    }
    await answerAs('wallet', done(value));
    await expect(answering).resolves.toEqual(done(value));
  });
});
