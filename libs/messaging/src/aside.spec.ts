import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  debitWallet,
  done,
  queuesOf,
  reserveStock,
  type CommandContract,
  type QueueRole,
  type ServiceName,
} from '@jangteo/contracts';
import { eventually } from '@jangteo/infra';
import { Logger } from '@nestjs/common';
import { Aside } from './aside.js';
import type { Item } from './route.js';

const productId = randomUUIDv7();
const [order, other] = [randomUUIDv7(), randomUUIDv7()];

function item(contract: CommandContract, orderId: string, payload: unknown): Item {
  return {
    contract,
    delivery: { type: contract.type, correlationId: orderId, payload } as Item['delivery'],
    arrival: { message: { properties: {} }, session: { isAlive: true } } as Item['arrival'],
  };
}

const reserves = (orderId: string) =>
  item(reserveStock, orderId, { orderId, items: [{ productId, quantity: 1 }] });
const reserved = (orderId: string) =>
  item(reserveStock, orderId, done({ items: [{ productId, quantity: 1 }], subtotal: 1 }));
const debited = (orderId: string) => item(debitWallet, orderId, done({ balanceAfter: 0 }));

let stopping: AbortController;
let aside: Aside;

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(['error']));
beforeEach(() => {
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await aside.idle();
});

function asideOf(service: ServiceName, role: QueueRole, isBusy: (item: Item) => boolean): void {
  const queue = queuesOf('shop', service).find((one) => one.role === role)!;
  aside = new Aside({ queue, label: 'a test' }, async (held) => isBusy(held), stopping.signal);
}

describe('what resembles a message that is busy alone', () => {
  async function busy(service: ServiceName, role: QueueRole, held: Item): Promise<void> {
    asideOf(service, role, () => true);
    await aside.add([held]);
    await eventually(() => aside.isAnyBusy);
  }

  it('is, of commands, one that names what it names', async () => {
    await busy('catalog', 'commands', reserves(order));
    expect(aside.resemblesBusy(reserves(other))).toBe(true);
    expect(aside.resemblesBusy(item(reserveStock, other, { orderId: other, items: [] }))).toBe(false);
  });

  it('is, of replies, one to the same order, whatever it names', async () => {
    await busy('order', 'replies', reserved(order));
    expect(aside.resemblesBusy(debited(order))).toBe(true);
    expect(aside.resemblesBusy(reserved(other))).toBe(false);
  });
});

describe('a place aside', () => {
  /** A command to reserve, by a connection that may end, and how often it was acknowledged. */
  function delivered(orderId = order) {
    const session = { isAlive: true, acks: 0, ack: () => (session.acks += 1) };
    const { arrival, ...rest } = reserves(orderId);
    return { session, held: { ...rest, arrival: { ...arrival, session } as unknown as Item['arrival'] } };
  }

  it('is not taken twice by one command, but by the redelivery of one whose connection has ended', async () => {
    const tried = new Set<Item>();
    asideOf('catalog', 'commands', (item) => tried.add(item).size > 0);
    const [first, sentAgain, redelivered] = [delivered(), delivered(), delivered()];
    await aside.add([first.held]);
    await aside.add([sentAgain.held]);
    first.session.isAlive = false;
    await aside.add([redelivered.held]);
    await eventually(() => tried.has(redelivered.held));
    expect([first, sentAgain, redelivered].map(({ session }) => session.acks)).toEqual([0, 1, 0]);
    expect(tried.has(sentAgain.held)).toBe(false);
  });

  it('is one of five hundred: who comes then waits until one is free', async () => {
    let isFree = false;
    asideOf('catalog', 'commands', () => !isFree);
    await aside.add(Array.from({ length: 500 }, () => delivered(randomUUIDv7()).held));
    let isIn = false;
    const next = aside.add([delivered().held]).then(() => (isIn = true));
    await new Promise(setImmediate);
    expect(isIn).toBe(false);
    isFree = true;
    expect(await next).toBe(true);
    await eventually(() => !aside.isAnyBusy);
  });
});
