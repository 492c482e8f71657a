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

describe('what resembles a message that is busy alone', () => {
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

  async function busy(service: ServiceName, role: QueueRole, held: Item): Promise<void> {
    const queue = queuesOf('shop', service).find((one) => one.role === role)!;
    aside = new Aside({ queue, label: 'a test' }, async () => true, stopping.signal);
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
