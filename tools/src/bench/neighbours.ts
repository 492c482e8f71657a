import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { Agent, request } from 'undici';
import type { Service } from '../services.js';
import { forEach, makeCustomers, shopAs, type Customer } from '../stack/customers.js';
import type { Stack } from '../stack/stack.js';
import type { Good } from './load/plan.js';
import { PRICE, type World } from './world.js';

/** Interval between the orders of the customer whose wallet is locked. */
const ORDER_EVERY_MS = 1_000;
/** More than the largest page of orders, of the largest orders that there are. */
const LISTED = { orders: 101, lines: 100, atOnce: 100 };
/** Orders without a coupon need neither. */
const DISPENSABLE: readonly Service[] = ['coupon', 'ranking'];

/** Somebody else's trouble while the usual customers order. */
export interface Trouble {
  readonly title: string;
  /** Makes it; what it returns ends it. @param faults where it notes what should not have happened to it */
  begin(stack: Stack, world: World, faults: string[]): Promise<() => Promise<void>>;
}

/** Does something over and over until it is told to stop. */
function again(work: (signal: AbortSignal) => Promise<void>, atOnce = 1): () => Promise<void> {
  const end = new AbortController();
  const repeat = async (): Promise<void> => {
    while (!end.signal.aborted) await work(end.signal).catch(() => undefined);
  };
  const works = Array.from({ length: atOnce }, repeat);
  return async () => {
    end.abort();
    await Promise.all(works);
  };
}

async function newCustomer(stack: Stack): Promise<Customer> {
  const [customer] = await makeCustomers(stack, 1);
  if (customer === undefined) throw new Error('No customer was made');
  return customer;
}

/** @returns the answer's status, once all of it has come */
async function placeOrder(
  stack: Stack,
  token: string,
  goods: readonly Good[],
  signal?: AbortSignal,
): Promise<number> {
  const { statusCode, body } = await request(`${stack.urls[0]}/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      prefer: 'respond-async',
    },
    body: JSON.stringify({ items: goods.map((good) => ({ ...good, quantity: 1 })) }),
    ...(signal === undefined ? {} : { signal }),
  });
  await body.dump();
  return statusCode;
}

const lockedWallet: Trouble = {
  title: 'one wallet is locked',
  async begin(stack, { goods }) {
    const { userId, token } = await newCustomer(stack);
    await shopAs(stack.urls[0]!, token).balance.charge({ amount: PRICE * 1_000 });
    const client = new pg.Client({ connectionString: stack.superuserUrlOf('wallet') });
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM wallets WHERE user_id = $1 FOR UPDATE', [userId]);
    const stopOrdering = again(async (signal) => {
      await placeOrder(stack, token, goods.slice(0, 1), signal);
      await wait(ORDER_EVERY_MS, undefined, { signal });
    });
    return async () => {
      await stopOrdering();
      await client.query('ROLLBACK');
      await client.end();
    };
  },
};

const stoppedServices: Trouble = {
  title: `${DISPENSABLE.join(' and ')} are stopped`,
  async begin(stack) {
    const processes = DISPENSABLE.flatMap((service) => stack.processesOf(service));
    await Promise.all(processes.map((process) => process.stop()));
    return async () => {
      await Promise.all(processes.map((process) => process.start()));
    };
  },
};

const greedyLists: Trouble = {
  title: `one customer asks for ${LISTED.atOnce} lists at a time`,
  async begin(stack, { goods }, faults) {
    const { token } = await newCustomer(stack);
    // Their wallet is empty: whatever they order fails, and stays in the list.
    await forEach(Array.from({ length: LISTED.orders }), async () => {
      await placeOrder(stack, token, goods.slice(0, LISTED.lines));
    });
    const dispatcher = new Agent({ connections: LISTED.atOnce });
    const stopListing = again(async (signal) => {
      const { statusCode, headers, body } = await request(`${stack.urls[0]}/orders?limit=100`, {
        headers: { authorization: `Bearer ${token}` },
        signal,
        dispatcher,
      });
      await body.dump({ limit: Number.MAX_SAFE_INTEGER });
      const isSentAway = statusCode === 503 && headers['retry-after'] !== undefined;
      if (statusCode >= 500 && !isSentAway) faults.push(`a list of orders was answered with ${statusCode}`);
    }, LISTED.atOnce);
    return async () => {
      await stopListing();
      await dispatcher.close();
    };
  },
};

export const TROUBLES: readonly Trouble[] = [lockedWallet, stoppedServices, greedyLists];
