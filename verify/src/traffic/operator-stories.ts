import { randomUUIDv7 } from 'node:crypto';
import {
  queueName,
  queuesOf,
  SERVICES,
  type DeadLetter,
  type QueueRole,
  type ServiceName,
} from '@jangteo/contracts';
import { brokerUserOf, connectToBroker, eventually, expected, honestSender } from '@jangteo/testkit';
import { asker, PAID, PATIENT, wanted, type Scene, type Story, type World } from './scene.js';

/** The type of a message that no handler of a service knows. */
export function unknownTypeTo(service: ServiceName): string {
  return `${service}.nobody-knows`;
}

/** The story of a dead letter, in the same words for each service. */
export const UNKNOWN_MESSAGE = 'a message that nobody knows';

/** The role of a service's queue without requests, if it has one: its messages may be sent again, whoever sent them. */
function roleOf(service: ServiceName): QueueRole {
  const roles = queuesOf('', service).map(({ role }) => role);
  return roles.find((role) => role !== 'requests') ?? 'requests';
}

/** Puts something into a service's queue that it has no handler for. @returns its message id */
async function sendUnknown({ shop }: World, service: ServiceName): Promise<string> {
  const messageId = randomUUIDv7();
  const connection = await connectToBroker();
  try {
    const channel = await connection.createConfirmChannel();
    const queue = queueName(shop.namespace, service, roleOf(service));
    const type = unknownTypeTo(service);
    const userId = brokerUserOf(honestSender(queue, type));
    const properties = { type, messageId, userId, persistent: true };
    channel.sendToQueue(queue, Buffer.from('{}'), properties);
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
  return messageId;
}

async function lettersOf({ shop, admin }: World, service: ServiceName, query: string): Promise<DeadLetter[]> {
  const path = `/admin/dead-letters?service=${service}&${query}`;
  return expected(200, await shop.client.get<DeadLetter[]>(path, { token: admin }));
}

/** Nobody needs them any more: people drop what waits, as long as anything comes. */
async function dropAll(world: World, service: ServiceName): Promise<void> {
  for (const { deadLetterId } of await lettersOf(world, service, 'state=WAITING')) {
    const path = `/admin/dead-letters/${service}/${deadLetterId}/drop`;
    await world.shop.client.post(path, { reason: 'the matrix sent it' }, { token: world.admin });
  }
}

async function countOf({ shop }: World, service: ServiceName, where: string): Promise<number> {
  const rows = await shop.sql(service, `SELECT 1 FROM dead_letters WHERE ${where}`);
  return rows.length;
}

/** @throws Error unless there are so many of these dead letters */
async function expectCount(world: World, service: ServiceName, where: string, count: number): Promise<void> {
  const found = await countOf(world, service, where);
  if (found !== count) throw new Error(`${found} dead letters where ${where}, not ${count}`);
}

const unknownMessage =
  (service: ServiceName): Story =>
  async (world) => {
    let sent: Promise<string> | undefined;
    const ours = async () => `message_id = '${await sent}'`;
    return {
      async call() {
        await (sent ??= sendUnknown(world, service));
        return await world.shop.client.get('/admin/dead-letters', { token: world.admin });
      },
      status: 200,
      answersVary: true,
      change: {},
      async settle() {
        const isKept = async () => (await countOf(world, service, await ours())) > 0;
        await eventually(isKept, { everyMs: 50 });
        await dropAll(world, service);
      },
      check: async () => expectCount(world, service, await ours(), 1),
    };
  };

async function keptLetter(world: World, service: ServiceName): Promise<string> {
  const messageId = await sendUnknown(world, service);
  return await eventually(
    async () => {
      const letters = await lettersOf(world, service, 'state=WAITING');
      return letters.find((letter) => letter.messageId === messageId)?.deadLetterId ?? false;
    },
    { everyMs: 50 },
  );
}

/** Sent again, it can be handled no more than before: it comes back as one new dead letter. */
async function sentAgain(world: World, service: ServiceName, id: string): Promise<Omit<Scene, 'call'>> {
  const isBack = async () => (await countOf(world, service, `earlier_id = '${id}'`)) > 0;
  return {
    status: 200,
    change: {},
    async settle() {
      await eventually(isBack, { everyMs: 50 });
      await dropAll(world, service);
    },
    async check() {
      await expectCount(world, service, `dead_letter_id = '${id}' AND state = 'SENT_AGAIN'`, 1);
      await expectCount(world, service, `earlier_id = '${id}'`, 1);
    },
  };
}

function deadLetterStories(service: ServiceName): Record<string, Story> {
  const at = `/admin/dead-letters/${service}`;
  return {
    [`${UNKNOWN_MESSAGE}, to ${service}`]: unknownMessage(service),
    [`${service}.send-dead-letter`]: async (world) => {
      const id = await keptLetter(world, service);
      const call = asker(world, world.admin, ['POST', `${at}/${id}/send`]);
      return { call, ...(await sentAgain(world, service, id)) };
    },
    [`${service}.send-dead-letters`]: async (world) => {
      const id = await keptLetter(world, service);
      // Only what waited then: what comes back is not sent once more by a repeat.
      const { parkedAt } = (await lettersOf(world, service, 'state=WAITING')).find(
        ({ deadLetterId }) => deadLetterId === id,
      ) as DeadLetter;
      const call = asker(world, world.admin, ['POST', `${at}/send`, { parkedUntil: parkedAt }]);
      return { call, answersVary: true, ...(await sentAgain(world, service, id)) };
    },
    [`${service}.change-dead-letter-group`]: async (world) => {
      const id = await keptLetter(world, service);
      const its = (await lettersOf(world, service, 'state=WAITING')).find(
        ({ deadLetterId }) => deadLetterId === id,
      ) as DeadLetter;
      const body = { type: its.type, reason: its.reason, note: 'the matrix sent it' };
      return {
        call: asker(world, world.admin, ['PATCH', `${at}/groups`, body]),
        status: 200,
        // It says when it was written.
        answersVary: true,
        change: {},
        settle: () => dropAll(world, service),
        async check() {
          const where = `note = 'the matrix sent it' AND NOT is_muted`;
          const rows = await world.shop.sql(service, `SELECT 1 FROM dead_letter_groups WHERE ${where}`);
          if (rows.length !== 1) throw new Error(`${rows.length} groups have the note`);
        },
      };
    },
    [`${service}.drop-dead-letter`]: async (world) => {
      const id = await keptLetter(world, service);
      const body = { reason: 'the matrix sent it' };
      return {
        call: asker(world, world.admin, ['POST', `${at}/${id}/drop`, body]),
        status: 200,
        change: {},
        check: () => expectCount(world, service, `dead_letter_id = '${id}' AND state = 'DROPPED'`, 1),
      };
    },
  };
}

/** An order whose wallet is silent, and people who push it; the wallet comes back once they were answered. */
const nudges =
  (pathOf: (orderId: string) => string, body?: object): Story =>
  async (world) => {
    const { shop, customer, admin } = world;
    shop.pause('wallet');
    const headers = { prefer: 'respond-async' };
    const { orderId } = expected(202, await shop.client.order(customer, await wanted(world), headers));
    const isDebiting = async (): Promise<boolean> => {
      const state = `SELECT 1 FROM sagas WHERE state = 'DEBITING_WALLET' AND order_id = '${orderId}'`;
      return (await shop.sql('order', state)).length > 0;
    };
    await eventually(isDebiting, { everyMs: 50 });
    return {
      call: asker(world, admin, ['POST', pathOf(orderId), body]),
      // Once the wallet is back the saga ends, and there is nothing to push any more.
      status: [200, 409],
      answersVary: true,
      change: { successes: 1, money: -PAID },
      settle: async () => shop.resume('wallet'),
    };
  };

/** An order that everybody knows, sent to all of them again. */
const redrive: Story = async (world) => {
  const { shop, customer, admin } = world;
  const { orderDate: since } = expected(201, await shop.client.order(customer, await wanted(world), PATIENT));
  return {
    call: asker(world, admin, ['POST', '/admin/orders/redrive', { since }]),
    status: 200,
    answersVary: true,
    change: {},
  };
};

/** Stories of people who operate a shop in which something went wrong. */
export const OPERATOR_STORIES: Readonly<Record<string, Story>> = {
  ...Object.assign({}, ...SERVICES.map(deadLetterStories)),
  'order.nudge-saga': nudges((orderId) => `/admin/sagas/${orderId}/nudge`),
  'order.nudge-sagas': nudges(() => '/admin/sagas/nudge', { olderThanSeconds: 0 }),
  'order.redrive': redrive,
};
