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
  type setCartItem,
} from '@jangteo/contracts';
import {
  decideAdditions,
  decideClearings,
  decidePurchases,
  decideRemovals,
  decideSettings,
  decideSettling,
  orderableOf,
  type CartChanges,
  type CartOrder,
  type FoundCarts,
  type Line,
} from './cart.js';
import type { Order } from './order.js';
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

const setting = (optionId: string, quantity: number): PayloadOf<typeof setCartItem> => ({
  ...adding(optionId, quantity),
  optionId,
});

const removal = (productId: string, optionId?: string) => ({ operation, userId, productId, optionId });

const carts = (lines: readonly Line[], ...underway: CartOrder[]): FoundCarts => ({ lines, underway });

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
    const { outcomes, changes } = decideAdditions(carts([]), [
      adding('cup', 2),
      adding('pot', 1),
      adding('cup', 3),
    ]);
    expect(outcomes).toEqual([
      shown(['cup', 2]),
      shown(['cup', 2], ['pot', 1]),
      shown(['cup', 5], ['pot', 1]),
    ]);
    expect(changes).toEqual({ kept: [line('cup', 5, 1), line('pot', 1, 2)], gone: [], reduced: [] });
  });

  it('writes only the lines that it changed, and puts a new one at the end', () => {
    const found = [line('cup', 1, 3), line('pot', 1, 7), line('cup', 9, 1, { userId: 'lee' })];
    const { changes } = decideAdditions(carts(found), [adding('lid', 1)]);
    expect(changes).toEqual({ kept: [line('lid', 1, 8)], gone: [], reduced: [] });
  });

  it('refuses what the stock of the moment does not cover together with what is in the line', () => {
    const { outcomes, changes } = decideAdditions(carts([line('cup', 3)]), [
      adding('cup', 3, 5),
      adding('cup', 2, 5),
    ]);
    const short = { productId: 'product of cup', optionId: 'cup', requested: 6, available: 5 };
    expect(outcomes).toEqual([refuse('OUT_OF_STOCK', undefined, { shortages: [short] }), shown(['cup', 5])]);
    expect(changes.kept).toEqual([line('cup', 5)]);
  });

  it('refuses a line of too many units and a cart of too many lines, but not more of a line that is there', () => {
    const full = Array.from({ length: LINES_MAX }, (_, index) => line(`option ${index}`, 1, index + 1));
    const { outcomes } = decideAdditions(carts(full), [
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
    const { outcomes } = decideAdditions(carts([line('cup', 5)]), [adding('cup', LINE_QUANTITY_MAX, 5)]);
    expect(outcomes).toMatchObject([
      { refusal: { code: 'OUT_OF_STOCK', shortages: [{ requested: LINE_QUANTITY_MAX + 5, available: 5 }] } },
    ]);
  });

  it('asks of the stock what no order under way is of, as what one is of has left it', () => {
    const found = carts([line('cup', 3)], order(['cup', 3]));
    const { outcomes } = decideAdditions(found, [adding('cup', 3, 2), adding('cup', 2, 2)]);
    const short = { productId: 'product of cup', optionId: 'cup', requested: 3, available: 2 };
    expect(outcomes).toEqual([refuse('OUT_OF_STOCK', undefined, { shortages: [short] }), shown(['cup', 5])]);
  });

  it('passes on why the catalog has nothing to put in', () => {
    const offer = refuse('PRODUCT_NOT_SELLABLE', 'product cup');
    const { outcomes, changes } = decideAdditions(carts([]), [adding('cup', 1, 0, { offer })]);
    expect(outcomes).toEqual([offer]);
    expect(changes).toEqual({ kept: [], gone: [], reduced: [] });
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
    const { outcomes, changes } = decideRemovals(carts(found), [
      removal('product of cup'),
      removal('product of cup'),
    ]);
    expect(outcomes).toMatchObject([
      { ok: true, value: { lines: [{ optionId: 'shirt-m' }, { optionId: 'shirt-l' }] } },
      { ok: false, refusal: { code: 'CART_ITEM_NOT_FOUND' } },
    ]);
    expect(changes).toEqual({ kept: [], gone: [found[0]], reduced: [] });
  });

  it('asks for the option where the cart has several of the product, and only there', () => {
    const { outcomes } = decideRemovals(carts(found), [
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
    expect(changes).toEqual({ kept: [line('cup', 2, 1)], gone: [line('hat', 2, 3)], reduced: [] });
  });

  it.each<[string, number, number, (found: FoundCarts) => CartChanges]>([
    ['a removal', 0, 3, (found) => decideRemovals(found, [removal('product of cup')]).changes],
    ['a clearing', 0, 3, (found) => decideClearings(found, [{ operation, userId }]).changes],
    ['a setting to 0', 0, 3, (found) => decideSettings(found, [setting('cup', 0)]).changes],
    ['a setting to less', 1, 4, (found) => decideSettings(found, [setting('cup', 1)]).changes],
  ])('has of an order only what stayed in the cart after %s', (_, kept, then, change) => {
    const placed = order(['pot', 1], ['cup', 3]);
    const { reduced } = change(carts([line('cup', 3)], placed));
    expect(reduced).toEqual([order(['pot', 1], ...(kept > 0 ? [['cup', kept] as [string, number]] : []))]);
    expect(orderableOf([line('cup', then)], reduced)).toMatchObject([{ optionId: 'cup', quantity: 3 }]);
    const placedNow = { ...placed, fromCart: true, completedAt: new Date(0) } as unknown as Order;
    const { changes } = decideSettling(carts([line('cup', then)], ...reduced), [placedNow]);
    expect(changes.kept).toEqual(kept > 0 ? [line('cup', 3)] : []);
    expect(changes.gone).toEqual([]);
  });

  it('loses of several orders what the last one is of first', () => {
    const [first, second] = [order(['cup', 3]), { ...order(['cup', 2]), orderId: 'two' }];
    const { changes } = decideSettings(carts([line('cup', 6)], second, first), [
      setting('cup', 5),
      setting('cup', 4),
    ]);
    expect(changes.reduced).toEqual([{ ...order(['cup', 1]), orderId: 'two' }]);
  });

  it('does not miss what was taken out of the cart meanwhile', () => {
    const changes = decidePurchases([line('cup', 1)], [order(['cup', 3]), order(['cup', 1])]);
    expect(changes).toEqual({ kept: [], gone: [line('cup', 1)], reduced: [] });
  });
});

type Step =
  | { readonly kind: 'add' | 'set'; readonly option: string; readonly quantity: number }
  | { readonly kind: 'remove'; readonly option: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'order' }
  | { readonly kind: 'end'; readonly which: number; readonly succeeds: boolean };

const option = fc.constantFrom('cup', 'pot', 'lid');
const quantity = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 400 }));
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), option, quantity }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('set' as const), option, quantity }) },
    fc.record({ kind: fc.constant('remove' as const), option }),
    { weight: 2, arbitrary: fc.constant({ kind: 'order' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(5), succeeds: fc.boolean() }),
    },
    fc.constant({ kind: 'clear' as const }),
  ),
  { maxLength: 60, size: 'max' },
);

/** A unit in a cart, and the order that it is of. */
type Unit = { orderId?: string };

/** A cart without a database, and beside it each of its units by itself. */
class World {
  lines: Line[] = [];
  underway: CartOrder[] = [];
  readonly units = new Map<string, Unit[]>([
    ['cup', []],
    ['pot', []],
    ['lid', []],
  ]);
  bought = 0;
  #orders = 0;

  take(step: Step): void {
    const found = carts(this.lines, ...this.underway);
    if (step.kind === 'add') {
      const { outcomes, changes } = decideAdditions(found, [adding(step.option, step.quantity)]);
      if (outcomes[0]?.ok) this.#putIn(step.option, step.quantity);
      this.#apply(changes);
    } else if (step.kind === 'set') {
      this.#apply(decideSettings(found, [setting(step.option, step.quantity)]).changes);
      this.#leave(step.option, step.quantity);
      this.#putIn(step.option, step.quantity - this.#of(step.option).length);
    } else if (step.kind === 'remove') {
      this.#apply(decideRemovals(found, [removal(`product of ${step.option}`)]).changes);
      this.#leave(step.option, 0);
    } else if (step.kind === 'clear') {
      this.#apply(decideClearings(found, [{ operation, userId }]).changes);
      for (const name of this.units.keys()) this.#leave(name, 0);
    } else if (step.kind === 'end') this.#end(step.which, step.succeeds);
    else this.#order();
  }

  orderable(optionId: string): number {
    const lines = orderableOf(this.lines, this.underway);
    return lines.find((one) => one.optionId === optionId)?.quantity ?? 0;
  }

  in(optionId: string): number {
    return this.lines.find((one) => one.optionId === optionId)?.quantity ?? 0;
  }

  #of(optionId: string): Unit[] {
    return this.units.get(optionId) ?? [];
  }

  #putIn(optionId: string, count: number): void {
    for (let i = 0; i < count; i += 1) this.#of(optionId).push({});
  }

  /** Units that no order is of go first, then those of the order that was placed last. */
  #leave(optionId: string, count: number): void {
    const placed = ({ orderId }: Unit) => Number(orderId ?? 1_000);
    const byAge = this.#of(optionId).toSorted((a, b) => placed(a) - placed(b));
    this.units.set(optionId, byAge.slice(0, count));
  }

  #order(): void {
    const orderId = String((this.#orders += 1)).padStart(3, '0');
    const lines = orderableOf(this.lines, this.underway);
    for (const unit of [...this.units.values()].flat()) unit.orderId ??= orderId;
    if (lines.length > 0) this.underway.push({ orderId, userId, lines });
  }

  #end(which: number, succeeds: boolean): void {
    const ended = this.underway[which % this.underway.length];
    if (ended === undefined) return;
    const order = {
      ...ended,
      fromCart: true,
      completedAt: succeeds ? new Date(0) : null,
    } as unknown as Order;
    const { changes } = decideSettling(carts(this.lines, ...this.underway), [order]);
    this.underway = this.underway.filter((one) => one !== ended);
    this.#apply(changes);
    for (const [name, units] of this.units) {
      const its = units.filter((unit) => unit.orderId === ended.orderId);
      for (const unit of its) delete unit.orderId;
      if (!succeeds) continue;
      this.units.set(
        name,
        units.filter((unit) => !its.includes(unit)),
      );
      this.bought += its.length;
    }
  }

  #apply({ kept, gone, reduced }: CartChanges): void {
    const changed = new Set([...kept, ...gone].map(({ optionId }) => optionId));
    this.lines = [...this.lines.filter(({ optionId }) => !changed.has(optionId)), ...kept];
    this.underway = this.underway.map((one) => reduced.find(({ orderId }) => orderId === one.orderId) ?? one);
  }
}

describe('a cart, whatever is done with it and whenever its orders end,', () => {
  it('has 1 to 1,000 units in each line and each option once: those that were put in and neither taken out nor bought', () => {
    let bought = 0;
    fc.assert(
      fc.property(steps, (taken) => {
        const world = new World();
        for (const step of taken) {
          world.take(step);
          expect(new Set(world.lines.map(({ optionId }) => optionId)).size).toBe(world.lines.length);
          for (const line of world.lines) {
            expect(line.quantity).toBeGreaterThanOrEqual(1);
            expect(line.quantity).toBeLessThanOrEqual(LINE_QUANTITY_MAX);
          }
          for (const [name, units] of world.units) {
            const free = units.filter(({ orderId }) => orderId === undefined);
            expect([world.in(name), world.orderable(name)]).toEqual([units.length, free.length]);
          }
        }
        bought += world.bought;
      }),
    );
    expect(bought).toBeGreaterThan(0);
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
      carts(cart),
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
    expect(changes).toEqual({ kept: [line('m', 1, 1)], gone: [], reduced: [] });
  });

  it('refuses what stock does not cover, whatever was in it', () => {
    const { outcomes, changes } = set({ optionId: 'm', quantity: 2, available: 1 });
    const shortages = [{ productId: 'shirt', optionId: 'm', requested: 2, available: 1 }];
    expect(outcomes).toEqual([refuse('OUT_OF_STOCK', undefined, { shortages })]);
    expect(changes).toEqual({ kept: [], gone: [], reduced: [] });
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
    expect(changes).toEqual({ kept: [], gone: [line('m', 2, 1), line('l', 3, 2)], reduced: [] });
  });

  it('empties a cart, and one that is empty already', () => {
    const clear = { operation, userId: 'kim' };
    const { outcomes, changes } = decideClearings(carts(cart), [clear, clear, { ...clear, userId: 'lee' }]);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => done({ lines: [] })));
    expect(changes).toEqual({ kept: [], gone: cart, reduced: [] });
  });
});
