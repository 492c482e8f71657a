import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  done,
  LINE_QUANTITY_MAX,
  LINES_MAX,
  refuse,
  type addToCart,
  type Offer,
  type PayloadOf,
} from '@jangteo/contracts';
import {
  decideAdditions,
  decideClearings,
  decidePurchases,
  decideRemovals,
  decideSettings,
  orderableOf,
  type CartChanges,
  type CartOrder,
  type Line,
} from './cart.js';
import { decidePlacings } from './placing.js';

const userId = 'kim';
const operation = { key: 'once', fingerprint: '' };

function line(optionId: string, quantity: number, position = 1, more: Partial<Line> = {}): Line {
  return { userId, productId: `product of ${optionId}`, optionId, quantity, position, ...more };
}

function adding(
  optionId: string,
  quantity: number,
  available = 1_000,
  more: Partial<PayloadOf<typeof addToCart>> = {},
): PayloadOf<typeof addToCart> {
  const offer: Offer = { ok: true, value: { optionId, available } };
  return { operation, userId, productId: `product of ${optionId}`, quantity, offer, ...more };
}

const removal = (productId: string, optionId?: string) => ({ operation, userId, productId, optionId });

const shown = (...lines: [string, number][]) => ({
  ok: true,
  value: {
    lines: lines.map(([optionId, quantity]) => ({
      productId: `product of ${optionId}`,
      optionId,
      quantity,
    })),
  },
});

describe('putting into a cart', () => {
  it('makes a line, and adds to it the next time, each message seeing those before it', () => {
    const { outcomes, changes } = decideAdditions([], [adding('cup', 2), adding('pot', 1), adding('cup', 3)]);
    expect(outcomes).toEqual([
      shown(['cup', 2]),
      shown(['cup', 2], ['pot', 1]),
      shown(['cup', 5], ['pot', 1]),
    ]);
    expect(changes).toEqual({ kept: [line('cup', 5, 1), line('pot', 1, 2)], gone: [] });
  });

  it('writes only the lines that it changed, and puts a new one at the end', () => {
    const found = [line('cup', 1, 3), line('pot', 1, 7), line('cup', 9, 1, { userId: 'lee' })];
    const { changes } = decideAdditions(found, [adding('lid', 1)]);
    expect(changes).toEqual({ kept: [line('lid', 1, 8)], gone: [] });
  });

  it('refuses what the stock of the moment does not cover together with what is in the line', () => {
    const { outcomes, changes } = decideAdditions(
      [line('cup', 3)],
      [adding('cup', 3, 5), adding('cup', 2, 5)],
    );
    const short = { productId: 'product of cup', optionId: 'cup', requested: 6, available: 5 };
    expect(outcomes).toEqual([refuse('OUT_OF_STOCK', undefined, { shortages: [short] }), shown(['cup', 5])]);
    expect(changes.kept).toEqual([line('cup', 5)]);
  });

  it('refuses a line of too many units and a cart of too many lines, but not more of a line that is there', () => {
    const full = Array.from({ length: LINES_MAX }, (_, index) => line(`option ${index}`, 1, index + 1));
    const { outcomes } = decideAdditions(full, [
      adding('another', 1),
      adding('option 7', LINE_QUANTITY_MAX, LINE_QUANTITY_MAX + 1),
      adding('option 7', LINE_QUANTITY_MAX - 1),
      adding('another', 1, 1_000, { userId: 'lee' }),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code))).toEqual([
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'ok',
      'ok',
    ]);
  });

  it('says that the stock does not cover a line before it says that the line is too long', () => {
    const { outcomes } = decideAdditions([line('cup', 5)], [adding('cup', LINE_QUANTITY_MAX, 5)]);
    expect(outcomes).toMatchObject([
      { refusal: { code: 'OUT_OF_STOCK', shortages: [{ requested: LINE_QUANTITY_MAX + 5, available: 5 }] } },
    ]);
  });

  it('passes on why the catalog has nothing to put in', () => {
    const offer = refuse('PRODUCT_NOT_SELLABLE', 'product cup');
    const { outcomes, changes } = decideAdditions([], [adding('cup', 1, 0, { offer })]);
    expect(outcomes).toEqual([offer]);
    expect(changes).toEqual({ kept: [], gone: [] });
  });
});

describe('taking out of a cart', () => {
  const shirts = { productId: 'shirt' };
  const found = [
    line('cup', 4, 1),
    line('shirt-m', 1, 2, shirts),
    line('shirt-l', 1, 3, shirts),
    line('cup', 1, 1, { userId: 'lee' }),
  ];

  it('takes the whole line, of this user only', () => {
    const { outcomes, changes } = decideRemovals(found, [
      removal('product of cup'),
      removal('product of cup'),
    ]);
    expect(outcomes).toMatchObject([
      { ok: true, value: { lines: [{ optionId: 'shirt-m' }, { optionId: 'shirt-l' }] } },
      { ok: false, refusal: { code: 'CART_ITEM_NOT_FOUND' } },
    ]);
    expect(changes).toEqual({ kept: [], gone: [found[0]] });
  });

  it('asks for the option where the cart has several of the product, and only there', () => {
    const { outcomes } = decideRemovals(found, [
      removal('shirt'),
      removal('shirt', 'shirt-xl'),
      removal('cup', 'shirt-m'),
      removal('shirt', 'shirt-m'),
      removal('shirt'),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.refusal.code))).toEqual([
      'OPTION_REQUIRED',
      'CART_ITEM_NOT_FOUND',
      'CART_ITEM_NOT_FOUND',
      'ok',
      'ok',
    ]);
  });
});

const order = (...lines: [string, number][]): CartOrder => ({
  orderId: 'one',
  userId,
  lines: lines.map(([optionId, quantity]) => ({ productId: 'any', optionId, quantity })),
});

describe('ordering from a cart', () => {
  it('is of all that is in it, less what orders that have not ended are of', () => {
    const cart = [line('pot', 1, 2), line('cup', 5, 1), line('lid', 2, 3)];
    const lines = orderableOf(cart, [order(['cup', 3]), order(['cup', 1], ['lid', 2]), order(['hat', 9])]);
    expect(lines).toMatchObject([
      { optionId: 'cup', quantity: 1 },
      { optionId: 'pot', quantity: 1 },
    ]);
  });

  const bounds = {
    deadlineMs: 1,
    retryMs: 1,
    retryMsMax: 1,
    waitersMax: 1,
    inFlightMax: 20,
    cancelWindowMs: 604_800_000,
  };
  const fromCart = (orderId: string, user = userId) => ({
    replyAddress: undefined,
    trace: {},
    payload: { operation, orderId, userId: user, fromCart: true as const, wait: false },
  });

  it('gives one of a batch what is in the cart, and refuses the others and those with nothing in it', () => {
    const lines = [line('cup', 2), line('pot', 1, 1, { userId: 'lee' })];
    const found = {
      now: new Date(0),
      takenIds: ['used'],
      lines,
      underway: [{ ...order(['pot', 1]), userId: 'lee' }],
      inFlight: [],
    };
    const requests = [
      fromCart('used'),
      fromCart('a'),
      fromCart('b'),
      fromCart('c', 'lee'),
      fromCart('d', 'park'),
    ];
    const { outcomes, sagas } = decidePlacings(found, requests, bounds);
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value.orderId : outcome.refusal.code))).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
      'a',
      'CART_EMPTY',
      'CART_EMPTY',
      'CART_EMPTY',
    ]);
    expect(sagas[1]?.order).toMatchObject({
      fromCart: true,
      lines: [{ productId: 'product of cup', optionId: 'cup', quantity: 2 }],
    });
  });

  it('takes what was bought out of the cart once it succeeds, and not what came in meanwhile', () => {
    const cart = [
      line('cup', 5, 1),
      line('pot', 1, 2),
      line('hat', 2, 3),
      line('cup', 5, 1, { userId: 'lee' }),
    ];
    const changes = decidePurchases(cart, [order(['cup', 3], ['hat', 2], ['lid', 1])]);
    expect(changes).toEqual({ kept: [line('cup', 2, 1)], gone: [line('hat', 2, 3)] });
  });

  it('does not miss what was taken out of the cart meanwhile', () => {
    const changes = decidePurchases([line('cup', 1)], [order(['cup', 3]), order(['cup', 1])]);
    expect(changes).toEqual({ kept: [], gone: [line('cup', 1)] });
  });
});

type Step =
  | { readonly kind: 'add'; readonly option: string; readonly quantity: number }
  | { readonly kind: 'remove'; readonly option: string }
  | { readonly kind: 'order' }
  | { readonly kind: 'end'; readonly which: number; readonly succeeds: boolean };

const option = fc.constantFrom('cup', 'pot', 'lid');
const adds = fc.record({
  kind: fc.constant('add' as const),
  option,
  quantity: fc.integer({ min: 1, max: 400 }),
});
const removes = fc.record({ kind: fc.constant('remove' as const), option });
const orders = fc.constant({ kind: 'order' as const });
const ends = fc.record({ kind: fc.constant('end' as const), which: fc.nat(5), succeeds: fc.boolean() });

/** A cart without a database. */
class World {
  lines: Line[] = [];
  readonly underway: CartOrder[] = [];
  /** Units by option that were put in, taken out by hand, and bought. */
  readonly moved = {
    added: new Map<string, number>(),
    removed: new Map<string, number>(),
    bought: new Map<string, number>(),
  };

  take(step: Step): void {
    if (step.kind === 'add') this.#add(step.option, step.quantity);
    else if (step.kind === 'remove') this.#remove(step.option);
    else if (step.kind === 'order') this.#order();
    else this.#end(step.which, step.succeeds);
  }

  in(optionId: string): number {
    return this.lines.find((one) => one.optionId === optionId)?.quantity ?? 0;
  }

  #add(optionId: string, quantity: number): void {
    const { outcomes, changes } = decideAdditions(this.lines, [adding(optionId, quantity)]);
    if (outcomes[0]?.ok) this.#count('added', optionId, quantity);
    this.#apply(changes);
  }

  #remove(optionId: string): void {
    this.#count('removed', optionId, this.in(optionId));
    this.#apply(decideRemovals(this.lines, [removal(`product of ${optionId}`)]).changes);
  }

  #order(): void {
    const lines = orderableOf(this.lines, this.underway);
    if (lines.length > 0) this.underway.push({ orderId: 'any', userId, lines });
  }

  #end(which: number, succeeds: boolean): void {
    if (this.underway.length === 0) return;
    const [ended] = this.underway.splice(which % this.underway.length, 1);
    if (ended === undefined || !succeeds) return;
    for (const { optionId = '', quantity } of ended.lines) this.#count('bought', optionId, quantity);
    this.#apply(decidePurchases(this.lines, [ended]));
  }

  #apply({ kept, gone }: CartChanges): void {
    const changed = new Set([...kept, ...gone].map(({ optionId }) => optionId));
    this.lines = [...this.lines.filter(({ optionId }) => !changed.has(optionId)), ...kept];
  }

  #count(what: keyof World['moved'], optionId: string, units: number): void {
    this.moved[what].set(optionId, (this.moved[what].get(optionId) ?? 0) + units);
  }
}

function lived(steps: readonly Step[], check: (world: World) => void): void {
  const world = new World();
  for (const step of steps) {
    world.take(step);
    check(world);
  }
}

describe('a cart, whatever is done with it and whenever its orders end,', () => {
  it('has 1 to 1,000 units in each line, and each option once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(adds, removes, orders, ends), { maxLength: 60 }), (steps) => {
        lived(steps, ({ lines }) => {
          expect(new Set(lines.map(({ optionId }) => optionId)).size).toBe(lines.length);
          for (const { quantity } of lines) {
            expect(quantity).toBeGreaterThanOrEqual(1);
            expect(quantity).toBeLessThanOrEqual(LINE_QUANTITY_MAX);
          }
        });
      }),
    );
  });

  it('holds what was put in less what was bought, to the unit, and nothing of it is bought twice', () => {
    let sales = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(adds, orders, ends), { maxLength: 60 }), (steps) => {
        lived(steps, (world) => {
          for (const name of ['cup', 'pot', 'lid']) {
            const { added, bought } = world.moved;
            sales += bought.get(name) ?? 0;
            expect(world.in(name)).toBe((added.get(name) ?? 0) - (bought.get(name) ?? 0));
          }
        });
      }),
    );
    expect(sales).toBeGreaterThan(0);
  });

  it('never gives back what was taken out by hand', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(adds, removes, orders, ends), { maxLength: 60 }), (steps) => {
        lived(steps, (world) => {
          for (const name of ['cup', 'pot', 'lid']) {
            const { added, removed } = world.moved;
            expect(world.in(name)).toBeLessThanOrEqual((added.get(name) ?? 0) - (removed.get(name) ?? 0));
          }
        });
      }),
    );
  });
});

describe('setting a line', () => {
  const operation = { key: '', fingerprint: '' };
  const line = (optionId: string, quantity: number, position: number) => ({
    userId: 'kim',
    productId: 'shirt',
    optionId,
    quantity,
    position,
  });
  const cart = [line('m', 2, 1), line('l', 3, 2)];
  const set = (...asked: { optionId?: string; quantity: number; available?: number }[]) =>
    decideSettings(
      cart,
      asked.map(({ optionId, quantity, available }) => ({
        operation,
        userId: 'kim',
        productId: 'shirt',
        ...(optionId === undefined ? {} : { optionId }),
        quantity,
        ...(available === undefined
          ? {}
          : { offer: { ok: true as const, value: { optionId: optionId ?? '', available } } }),
      })),
    );

  it('sets it, more or less, in its place, and the same again', () => {
    const { outcomes, changes } = set(
      { optionId: 'm', quantity: 5, available: 5 },
      { optionId: 'm', quantity: 1, available: 5 },
      { optionId: 'm', quantity: 1, available: 5 },
    );
    expect(outcomes).toMatchObject(
      [5, 1, 1].map((quantity) => ({ ok: true, value: { lines: [{ optionId: 'm', quantity }, {}] } })),
    );
    expect(changes).toEqual({ kept: [line('m', 1, 1)], gone: [] });
  });

  it('refuses what stock does not cover, whatever was in it', () => {
    const { outcomes, changes } = set({ optionId: 'm', quantity: 2, available: 1 });
    const shortages = [{ productId: 'shirt', optionId: 'm', requested: 2, available: 1 }];
    expect(outcomes).toEqual([refuse('OUT_OF_STOCK', undefined, { shortages })]);
    expect(changes).toEqual({ kept: [], gone: [] });
  });

  it('takes it out at 0, once or twice, whatever the catalog says', () => {
    const { outcomes, changes } = set(
      { quantity: 0 },
      { optionId: 'm', quantity: 0 },
      { quantity: 0 },
      { quantity: 0 },
    );
    expect(outcomes).toMatchObject([
      { ok: false, refusal: { code: 'OPTION_REQUIRED', productId: 'shirt' } },
      { ok: true, value: { lines: [{ optionId: 'l' }] } },
      { ok: true, value: { lines: [] } },
      { ok: true, value: { lines: [] } },
    ]);
    expect(changes).toEqual({ kept: [], gone: [line('m', 2, 1), line('l', 3, 2)] });
  });

  it('empties a cart, and one that is empty already', () => {
    const clear = { operation, userId: 'kim' };
    const { outcomes, changes } = decideClearings(cart, [clear, clear, { ...clear, userId: 'lee' }]);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => done({ lines: [] })));
    expect(changes).toEqual({ kept: [], gone: cart });
  });
});
