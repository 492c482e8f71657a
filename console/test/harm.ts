import { randomUUID } from 'node:crypto';
import {
  brokerUserOf,
  connectToBroker,
  eventually,
  expected,
  honestSender,
  withClient,
  type Customer,
  type Shop,
  type ShopOptions,
} from '@jangteo/testkit';
import type { Page } from 'playwright-core';

/** Lists of what came of an action on a page, by what is written in them. */
export const outcomesOn = (page: Page) => (text: string) =>
  page.getByRole('list', { name: 'What came of it' }).filter({ hasText: text });

/** A price that breaks the debit of an order, until it is mended. */
export const BAD_PRICE = 1_234;

/** What is lost stays lost, and what failed stays failed, until somebody does something about it. */
export const HELPLESS = {
  env: { DEAD_LETTERS_INTERVAL_MS: '200', ATTEMPTS_MAX: '1' },
  services: {
    // A page asks three times before it says that a service is away.
    gateway: { REQUEST_DEADLINE_MS: '5000' },
    order: {
      ORDER_DEADLINE_MS: '600000',
      SAGA_RETRY_MS: '600000',
      SAGA_RETRY_MS_MAX: '600000',
      SWEEP_INTERVAL_MS: '100',
    },
  },
} as const satisfies ShopOptions;

/** Works on a connection that is closed whatever happens: one left open would keep the tests from ending. */
async function onBroker(
  work: (connection: Awaited<ReturnType<typeof connectToBroker>>) => Promise<unknown>,
): Promise<void> {
  const connection = await connectToBroker();
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

/** Puts something into a service's queue that no honest producer would send. */
export async function sendPoison(
  { namespace }: Shop,
  [service, role, type]: readonly [service: string, role: 'commands' | 'events' | 'requests', type: string],
  body: string,
): Promise<void> {
  const queue = `${namespace}.${service}.${role}`;
  await onBroker(async (connection) => {
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue(queue, Buffer.from(body), {
      type,
      userId: brokerUserOf(honestSender(queue, type)),
      messageId: randomUUID(),
      correlationId: randomUUID(),
      headers: { 'schema-version': 1, 'request-id': 'of-a-test' },
      persistent: true,
    });
    await channel.waitForConfirms();
  });
}

/** Lets every debit of a bad price fail as a bug would. */
export async function breakDebits(shop: Shop): Promise<() => Promise<void>> {
  const alter = (what: string): Promise<unknown> =>
    withClient(shop.databaseUrlOf('wallet'), (database) => database.query(`ALTER TABLE ledger ${what}`));
  await alter(`ADD CONSTRAINT broken CHECK (amount <> ${-BAD_PRICE}) NOT VALID`);
  return async () => void (await alter('DROP CONSTRAINT broken'));
}

/** Places orders that nobody waits for. */
export async function ordered(
  { client }: Shop,
  customer: Customer,
  count: number,
  price: number,
): Promise<string[]> {
  const { productId } = await client.createProduct({ price });
  const items = [{ productId, quantity: 1 }];
  const answers = await Promise.all(
    Array.from({ length: count }, () => client.order(customer, { items }, { prefer: 'respond-async' })),
  );
  return answers.map((answer) => expected(202, answer).orderId);
}

const read = async <B>({ client }: Shop, path: string): Promise<B> =>
  expected(200, await client.get<B>(path, { token: await client.admin() }));

/** Waits until so many messages are put aside, and reads them. */
export async function untilPutAside(
  shop: Shop,
  count: number,
): Promise<{ deadLetterId: string; service: string }[]> {
  return await eventually(async () => {
    const letters = await read<{ deadLetterId: string; service: string }[]>(
      shop,
      '/admin/dead-letters?limit=100',
    );
    return letters.length === count && letters;
  });
}

/** Takes away what waits, whatever a test left. */
export async function dropAll(shop: Shop): Promise<void> {
  const token = await shop.client.admin();
  const letters = await read<{ deadLetterId: string; service: string }[]>(
    shop,
    '/admin/dead-letters?limit=100',
  );
  for (const { service, deadLetterId } of letters) {
    const path = `/admin/dead-letters/${service}/${deadLetterId}/drop`;
    expected(200, await shop.client.post(path, { reason: 'sent by a test' }, { token }));
  }
}

/** Orders whose debit waits for a wallet that is away. */
export async function stuckOrders(shop: Shop, customer: Customer, count: number): Promise<string[]> {
  await shop.terminate('wallet');
  const orderIds = await ordered(shop, customer, count, 1_000);
  await eventually(async () => {
    const sagas = await read<{ awaits: string[] }[]>(shop, '/admin/sagas?olderThanSeconds=0&limit=100');
    return sagas.filter(({ awaits }) => awaits.includes('DebitWallet')).length === count;
  });
  return orderIds;
}

/** Loses what waits for the wallet, and brings it back. */
export async function walletForgets(shop: Shop): Promise<void> {
  await onBroker(async (connection) => {
    const channel = await connection.createChannel();
    await channel.purgeQueue(`${shop.namespace}.wallet.commands`);
  });
  await shop.start('wallet');
}
