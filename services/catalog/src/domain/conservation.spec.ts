import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse, type OrderLine, type Outcome, type ProductChange } from '@jangteo/contracts';
import type { Option } from './option.js';
import { decideChanges } from './product.js';
import { decideReleases, decideReservations, type Reservation } from './reservation.js';
import { decideRestocks, type StockMovement } from './restock.js';
import type { StockDelta } from './stock-batch.js';

type Message =
  | { readonly kind: 'reserve' | 'release'; readonly id: string; readonly items: OrderLine[] }
  | { readonly kind: 'restock'; readonly id: string; readonly optionId: string; readonly quantity: number }
  | { readonly kind: 'change'; readonly id: string; readonly productId: string; readonly to: ProductChange };

const TOO_LATE = refuse('ORDER_TIMED_OUT');
const RECEIVED_FIRST = 5;
const optionIds = ['cup', 'shirt-m', 'shirt-l'] as const;
const MADE_AT = new Date('2026-01-01T00:00:00.000Z');
const OWN = { position: 0, description: null, imageUrl: null };
const productOfOption = { cup: 'Cup', 'shirt-m': 'Shirt', 'shirt-l': 'Shirt' };

/** A catalog without a database: rows and stored outcomes in memory, one batch after the other. */
class World {
  readonly #versions = new Map<string, number>();
  readonly options = new Map<string, Option>();
  readonly movements: StockMovement[] = [];
  readonly reservations: (Reservation & { released: boolean })[] = [];
  readonly outcomes = new Map<string, Outcome>();

  constructor() {
    for (const optionId of optionIds) {
      const productId = productOfOption[optionId];
      this.options.set(optionId, {
        productId,
        productName: productId,
        category: null,
        basePrice: 1_000,
        status: 'SELLABLE',
        optionId,
        optionName: optionId,
        additionalPrice: 10,
        optionStatus: 'SELLABLE',
        stock: RECEIVED_FIRST,
      });
      this.movements.push({ optionId, operationKey: 'first', quantity: RECEIVED_FIRST });
    }
  }

  /** As decideOnce of libs/database does it. */
  handle(batch: readonly Message[]): Outcome[] {
    const fresh = new Map<string, Message>();
    for (const message of batch) {
      const key = keyOf(message);
      if (!this.outcomes.has(key) && !fresh.has(key)) fresh.set(key, message);
    }
    const outcomes = this.#decide([...fresh.values()]);
    [...fresh.keys()].forEach((key, index) => this.outcomes.set(key, outcomes[index] as Outcome));
    return batch.map((message) => this.outcomes.get(keyOf(message)) as Outcome);
  }

  held(optionId: string): number {
    const open = this.reservations.filter((row) => row.optionId === optionId && !row.released);
    return open.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  received(optionId: string): number {
    const rows = this.movements.filter((row) => row.optionId === optionId);
    return rows.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  #decide(messages: readonly Message[]): Outcome[] {
    const rows = [...this.options.values()];
    const orders = messages.filter((message) => 'items' in message);
    const payloads = orders.map(({ id, items }) => ({ orderId: id, items }));
    switch (messages[0]?.kind) {
      case undefined:
        return [];
      case 'reserve': {
        const { outcomes, changes } = decideReservations(rows, payloads);
        this.#add(changes.deltas);
        this.reservations.push(...changes.reservations.map((row) => ({ ...row, released: false })));
        return outcomes;
      }
      case 'release':
        return this.#release(payloads);
      case 'restock': {
        const restocks = messages.filter((message) => message.kind === 'restock');
        const { outcomes, changes } = decideRestocks(
          rows,
          restocks.map(({ id, optionId, quantity }) => ({
            operation: { key: id, fingerprint: '' },
            productId: productOfOption[optionId as 'cup'],
            change: { optionId, quantity },
          })),
        );
        this.#add(changes.deltas);
        this.movements.push(...changes.movements);
        return outcomes;
      }
      case 'change': {
        const asked = messages.filter((message) => message.kind === 'change');
        const { outcomes, changes } = decideChanges(
          rows.map((row) => ({
            ...row,
            ...OWN,
            createdAt: MADE_AT,
            version: this.#versions.get(row.productId) ?? 1,
            updatedAt: MADE_AT,
            now: MADE_AT,
          })),
          asked.map(({ id, productId, to }) => ({
            operation: { key: id, fingerprint: '' },
            productId,
            change: to,
          })),
        );
        for (const { productId, price, status, version } of changes) {
          this.#versions.set(productId, version);
          for (const row of rows.filter((option) => option.productId === productId)) {
            this.options.set(row.optionId, { ...row, basePrice: price, status });
          }
        }
        return outcomes;
      }
    }
  }

  #release(orders: { orderId: string; items: OrderLine[] }[]): Outcome[] {
    const held = this.reservations.filter(({ released }) => !released);
    const { outcomes, changes } = decideReleases(held, orders);
    this.#add(changes.deltas);
    for (const row of held) row.released = changes.orderIds.includes(row.orderId);
    for (const { orderId } of orders) {
      const reserve = `reserve/${orderId}`;
      if (!this.outcomes.has(reserve)) this.outcomes.set(reserve, TOO_LATE);
    }
    return outcomes;
  }

  #add(deltas: readonly StockDelta[]): void {
    for (const { optionId, delta } of deltas) {
      const option = this.options.get(optionId) as Option;
      this.options.set(optionId, { ...option, stock: option.stock + delta });
    }
  }
}

function keyOf({ kind, id }: Message): string {
  return `${kind}/${id}`;
}

const optionId = fc.constantFrom(...optionIds);
const line: fc.Arbitrary<OrderLine> = fc.oneof(
  fc.record({ productId: fc.constant('Cup'), quantity: fc.integer({ min: 1, max: 3 }) }),
  fc
    .record({ optionId, quantity: fc.integer({ min: 1, max: 3 }) })
    .map((wanted) => ({ productId: productOfOption[wanted.optionId], ...wanted })),
);
const orderId = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const items = fc.array(line, { minLength: 1, maxLength: 4 });
const messageOf = {
  reserve: fc.record({ kind: fc.constant('reserve' as const), id: orderId, items }),
  release: fc.record({ kind: fc.constant('release' as const), id: orderId, items }),
  restock: fc.record({
    kind: fc.constant('restock' as const),
    id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    optionId,
    quantity: fc.integer({ min: -4, max: 8 }).filter((quantity) => quantity !== 0),
  }),
  change: fc.record({
    kind: fc.constant('change' as const),
    id: fc.constantFrom('c1', 'c2', 'c3'),
    productId: fc.constantFrom('Cup', 'Shirt'),
    to: fc.oneof(
      fc.record({ price: fc.integer({ min: 0, max: 5_000 }) }),
      fc.record({ status: fc.constantFrom('SELLABLE' as const, 'SUSPENDED' as const) }),
    ),
  }),
};

/** Batches of one kind each, as queues give them; ids come again, in any order, early and late. */
const batches = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.array<Message>(messageOf.reserve, { maxLength: 8 }) },
    { weight: 3, arbitrary: fc.array<Message>(messageOf.release, { maxLength: 8 }) },
    { weight: 2, arbitrary: fc.array<Message>(messageOf.restock, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array<Message>(messageOf.change, { maxLength: 3 }) },
  ),
  { maxLength: 20 },
);

describe('stock, whatever comes in whatever order', () => {
  it('is never below zero, and is what came in less what orders hold', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const world = new World();
        for (const batch of all) {
          world.handle(batch);
          for (const { optionId: of, stock } of world.options.values()) {
            expect(stock).toBeGreaterThanOrEqual(0);
            expect(stock).toBe(world.received(of) - world.held(of));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('answers every message of a batch as if each had come alone', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const [together, alone] = [new World(), new World()];
        for (const batch of all) {
          expect(together.handle(batch)).toEqual(batch.flatMap((message) => alone.handle([message])));
        }
        expect(together.options).toEqual(alone.options);
        expect(together.reservations).toEqual(alone.reservations);
      }),
      { numRuns: 500 },
    );
  });

  it('answers a repeat as the first time', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const world = new World();
        const first = all.flatMap((batch) => world.handle(batch));
        const rows = structuredClone([world.options, world.reservations, world.movements]);
        const again = all.toReversed().map((batch) => world.handle(batch));
        expect(again.toReversed().flat()).toEqual(
          all.flat().map((message) => world.outcomes.get(keyOf(message))),
        );
        expect(again.toReversed().flat()).toEqual(first);
        expect([world.options, world.reservations, world.movements]).toEqual(rows);
      }),
    );
  });

  it('holds nothing of an order that was released, before or after it was reserved', () => {
    fc.assert(
      fc.property(batches, items, fc.boolean(), (all, wanted, releasedFirst) => {
        const world = new World();
        for (const batch of all) world.handle(batch);
        const [reserve, release] = (['reserve', 'release'] as const).map((kind) => ({
          kind,
          id: 'last',
          items: wanted,
        })) as [Message, Message];
        const before = structuredClone(world.options);
        const [one, two] = releasedFirst ? [release, reserve] : [reserve, release];
        world.handle([one]);
        const [last] = world.handle([two]);
        const code = last?.ok === false ? last.refusal.code : 'ok';
        expect(code).toBe(releasedFirst ? 'ORDER_TIMED_OUT' : 'ok');
        expect(world.options).toEqual(before);
      }),
    );
  });
});
