import { randomUUIDv7 } from 'node:crypto';
import { Controller, type Type } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { done, eventExchange, pings, productChanged } from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import {
  eventOf,
  HandleBroadcast,
  MISSED,
  UpstreamTimeout,
  type BroadcastHandler,
  type Heard,
  type MessagingConfig,
  type Outgoing,
} from '../src/index.js';
import {
  backstage,
  gate,
  startGateway,
  startService,
  testConfig,
  type Backstage,
  type TestService,
} from './fixture.js';

type Change = typeof productChanged;

const changeOf = (productId: string = randomUUIDv7()): Outgoing =>
  eventOf(productChanged, { ...productChanged.example.payload, productId });

/** A process of the catalog that writes down what it hears. */
class Listener {
  /** The products whose changes came, and 'missed'. */
  readonly heard: string[] = [];
  meanwhile: BroadcastHandler<Change> = async () => undefined;

  consumer(): Type {
    const hear = async (heard: Heard<Change>): Promise<void> => {
      this.heard.push(...(heard === MISSED ? ['missed'] : heard.map(({ payload }) => payload.productId)));
      await this.meanwhile(heard);
    };
    @Controller()
    class ListeningConsumer {
      @HandleBroadcast(productChanged)
      hear(heard: Heard<Change>): Promise<void> {
        return hear(heard);
      }
    }
    return ListeningConsumer;
  }
}

describe('broadcasts', () => {
  let config: MessagingConfig;
  let behind: Backstage;
  const running: { close(): Promise<void> }[] = [];

  async function start<S extends { close(): Promise<void> }>(starting: Promise<S>): Promise<S> {
    const started = await starting;
    running.push(started);
    return started;
  }

  const startListener = (listener: Listener): Promise<TestService> =>
    start(startService({ service: 'catalog', config, consumer: listener.consumer(), script: {} }));

  const startPublisher = async () => (await start(startGateway(config))).publisher;

  beforeEach(async () => {
    config = testConfig();
    behind = await backstage(config);
  });

  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.close();
    await behind.cleanUp();
  });

  it('come to every process of the service, each with all of them', async () => {
    const listeners = [new Listener(), new Listener()];
    for (const listener of listeners) await startListener(listener);
    const publisher = await startPublisher();
    const ids = Array.from({ length: 300 }, () => randomUUIDv7());
    await publisher.publish(ids.map((productId) => changeOf(productId)));
    for (const { heard } of listeners) {
      await eventually(() => heard.length > ids.length);
      expect(heard).toEqual(['missed', ...ids]);
    }
  });

  it('begin again after a lost connection, with word that some were missed', async () => {
    const listener = new Listener();
    const { broker } = await startListener(listener);
    const publisher = await startPublisher();
    const [before, after] = [randomUUIDv7(), randomUUIDv7()];
    await publisher.publish([changeOf(before)]);
    await eventually(() => listener.heard.includes(before));

    broker.consuming.drop('the test wants it');
    await eventually(() => !broker.consuming.isReady);
    await publisher.publish([changeOf()]);
    await eventually(() => broker.health().connected);
    await publisher.publish([changeOf(after)]);
    await eventually(() => listener.heard.includes(after));
    expect(listener.heard).toEqual(['missed', before, 'missed', after]);
  });

  it('let nothing else be worked on before what was missed is dealt with', async () => {
    const listener = new Listener();
    const { broker } = await startListener(listener);
    const { client } = await start(startGateway(config));
    const { promise, open } = gate();
    listener.meanwhile = () => promise;
    broker.consuming.drop('the test wants it');
    await eventually(() => listener.heard.length === 2);
    expect(listener.heard).toEqual(['missed', 'missed']);
    expect(broker.health().connected).toBe(false);
    await expect(client.ask(pings.catalog, {}, { deadlineMs: 300 })).rejects.toThrow(UpstreamTimeout);
    open();
    expect(await client.ask(pings.catalog, {})).toEqual(done({ service: 'catalog' }));
  });

  it('count as missed when they cannot be read, or their handler fails', async () => {
    const listener = new Listener();
    await startListener(listener);
    const publisher = await startPublisher();
    behind.channel.publish(eventExchange(config.MESSAGING_NAMESPACE), productChanged.type, Buffer.from('{'), {
      type: productChanged.type,
      messageId: 'bad',
      headers: { 'schema-version': productChanged.version },
    });
    await eventually(() => listener.heard.length === 2);

    const productId = randomUUIDv7();
    listener.meanwhile = async (heard) => {
      if (heard !== MISSED) throw new Error('cannot');
    };
    await publisher.publish([changeOf(productId)]);
    await eventually(() => listener.heard.length === 4);
    expect(listener.heard).toEqual(['missed', 'missed', productId, 'missed']);
  });

  it('are built anew until what was missed is dealt with', async () => {
    const listener = new Listener();
    const { broker } = await startListener(listener);
    const publisher = await startPublisher();
    let failures = 0;
    listener.meanwhile = async () => {
      failures += 1;
      if (failures <= 3) throw new Error('cannot');
    };
    const [first, second] = [randomUUIDv7(), randomUUIDv7()];
    await publisher.publish([changeOf(first)]);
    await eventually(() => failures === 4 && broker.health().connected);
    await publisher.publish([changeOf(second)]);
    await eventually(() => listener.heard.includes(second));
    expect(listener.heard).toEqual(['missed', first, 'missed', 'missed', 'missed', second]);
  });

  it('need no listener, and leave no queue behind', async () => {
    const service = await startListener(new Listener());
    await service.close();
    running.splice(0);
    const returned: string[] = [];
    behind.channel.on('return', ({ fields }) => returned.push(fields.routingKey));
    behind.channel.publish(
      eventExchange(config.MESSAGING_NAMESPACE),
      productChanged.type,
      Buffer.from('{}'),
      {
        mandatory: true,
      },
    );
    await eventually(() => returned.length === 1);
    const publisher = await startPublisher();
    await expect(publisher.publish([changeOf()])).resolves.toBeUndefined();
  });
});
