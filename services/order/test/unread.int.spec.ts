import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { done, placeOrder, queueName, readOrder, reserveStock } from '@jangteo/contracts';
import {
  connectToBroker,
  contractClient,
  eventually,
  startService,
  withClient,
  type ContractClient,
  type RunningService,
} from '@jangteo/testkit';

let service: RunningService;
let client: ContractClient;
let broker: Awaited<ReturnType<typeof connectToBroker>>;
beforeAll(async () => {
  service = await startService('order', {
    env: {
      ORDER_DEADLINE_MS: '3600000',
      SAGA_RETRY_MS: '100',
      SAGA_RETRY_MS_MAX: '100',
      SWEEP_INTERVAL_MS: '20',
    },
  });
  client = await contractClient(service.namespace);
  broker = await connectToBroker();
});
afterAll(async () => {
  await broker?.close();
  await service?.stop();
  await client?.close();
});

/** Waits until the sweeper has looked so often more at the only saga. */
async function looked(times: number): Promise<void> {
  const attempts = () =>
    withClient(service.databaseUrl, async (database) => {
      const { rows } = await database.query<{ attempts: number }>('SELECT attempts FROM sagas');
      return rows[0]!.attempts;
    });
  const before = await attempts();
  await eventually(async () => (await attempts()) >= before + times);
}

it('a command lies once in the queue of a participant that is away, and is sent again where the queue was lost', async () => {
  const queue = queueName(service.namespace, 'catalog', 'commands');
  const channel = await broker.createChannel();
  const declare = () =>
    channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const lying = async () => (await channel.checkQueue(queue)).messageCount;
  await declare();
  const orderId = randomUUIDv7();
  const placing = {
    operation: { key: randomUUIDv7(), fingerprint: '' },
    orderId,
    userId: randomUUIDv7(),
    items: [{ productId: randomUUIDv7(), quantity: 1 }],
    wait: false,
  };
  /** Where the broker is slow, some more come before the first one is seen to lie there. */
  const noMoreCome = (): Promise<true> =>
    eventually(async () => {
      const before = await lying();
      await looked(5);
      return before > 0 && (await lying()) === before;
    });
  await client.ask(placeOrder, placing);
  expect(await noMoreCome()).toBe(true);

  await channel.deleteQueue(queue);
  await declare();
  expect(await noMoreCome()).toBe(true);

  // As the catalog declares it, which another declaration of the same name would refuse.
  await channel.deleteQueue(queue);
  await client.participant(reserveStock, ({ items }) =>
    done({
      items: items.map((line) => ({ optionId: line.productId, ...line, name: 'Tea cup', price: 0 })),
      subtotal: 0,
    }),
  );
  await eventually(async () => {
    const read = await client.ask(readOrder, { orderId });
    return read.ok && read.value.orderStatus === 'SUCCESS';
  });
});
