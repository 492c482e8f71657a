import { describe, expect, it } from '@jest/globals';
import { done, MONEY_MAX, refuse, type OrderLine } from '@jangteo/contracts';
import type { Option } from './option.js';
import { decideReleases, decideReservations } from './reservation.js';

function option(optionId: string, productId: string, more: Partial<Option> = {}): Option {
  return {
    productId,
    productName: productId,
    category: null,
    basePrice: 1_000,
    status: 'SELLABLE',
    optionId,
    optionName: 'default',
    additionalPrice: 0,
    optionStatus: 'SELLABLE',
    stock: 10,
    ...more,
  };
}

/** A cup with one option, a shirt with two, and what cannot be bought. */
const options: Option[] = [
  option('cup', 'Cup', { category: 'Kitchen' }),
  option('shirt-m', 'Shirt', { optionName: 'M', basePrice: 20_000 }),
  option('shirt-l', 'Shirt', { optionName: 'L', basePrice: 20_000, additionalPrice: 500 }),
  option('lamp', 'Lamp', { status: 'SUSPENDED' }),
  option('yacht', 'Yacht', { basePrice: MONEY_MAX }),
];

const line = (productId: string, quantity: number, optionId?: string): OrderLine => ({
  productId,
  quantity,
  ...(optionId === undefined ? {} : { optionId }),
});

function reserve(...orders: OrderLine[][]) {
  return decideReservations(
    options,
    orders.map((items, index) => ({ orderId: `order-${index}`, items })),
  );
}

const cup = { productId: 'Cup', optionId: 'cup', name: 'Cup', category: 'Kitchen', price: 1_000 };

describe('reserving again what was sold', () => {
  const sold = (items: OrderLine[], charged: { optionId: string; price: number }[]) =>
    decideReservations(options, [{ orderId: 'order', items, charged }]);

  it('holds it at what was charged for it, whatever it costs by now', () => {
    const items = [line('Shirt', 1, 'shirt-l'), line('Cup', 2, 'cup')];
    const { outcomes } = sold(items, [
      { optionId: 'shirt-l', price: 18_000 },
      { optionId: 'cup', price: 0 },
    ]);
    expect(outcomes).toMatchObject([
      { ok: true, value: { items: [{ price: 18_000 }, { price: 0 }], subtotal: 18_000 } },
    ]);
  });

  it('holds what is not on sale any more, but not what is not there', () => {
    const charged = [{ optionId: 'lamp', price: 700 }];
    expect(sold([line('Lamp', 2, 'lamp')], charged).outcomes).toMatchObject([
      { ok: true, value: { subtotal: 1_400 } },
    ]);
    expect(sold([line('Lamp', 11, 'lamp')], charged).outcomes).toMatchObject([
      { ok: false, refusal: { code: 'OUT_OF_STOCK' } },
    ]);
  });
});

describe('an option that is suspended', () => {
  const suspended = { optionName: 'M', optionStatus: 'SUSPENDED' } as const;
  const coat = [option('coat-m', 'Coat', suspended), option('coat-l', 'Coat', { optionName: 'L' })];
  const reserveCoat = (...[items, charged]: [OrderLine[], { optionId: string; price: number }[]?]) =>
    decideReservations(coat, [{ orderId: 'order', items, ...(charged && { charged }) }]).outcomes[0];

  it('is not sold, although its product is', () => {
    expect(reserveCoat([line('Coat', 1, 'coat-m')])).toMatchObject({
      refusal: { code: 'PRODUCT_NOT_SELLABLE', productId: 'Coat' },
    });
  });

  it('is no choice: where none is named the other one is meant, and its name is not needed', () => {
    expect(reserveCoat([line('Coat', 1)])).toMatchObject({
      ok: true,
      value: { items: [{ optionId: 'coat-l', name: 'Coat' }] },
    });
  });

  it('is held again where it was sold', () => {
    const outcome = reserveCoat([line('Coat', 1, 'coat-m')], [{ optionId: 'coat-m', price: 700 }]);
    expect(outcome).toMatchObject({ ok: true, value: { subtotal: 700 } });
  });
});

describe('reserving', () => {
  it('carries out what was placed before units of one option were bounded', () => {
    const wide = [option('cup', 'Cup', { stock: 60_000 })];
    const items = [line('Cup', 1_000), line('Cup', 500, 'cup')];
    const { outcomes } = decideReservations(wide, [{ orderId: 'order', items }]);
    expect(outcomes).toMatchObject([{ ok: true, value: { items: [{ quantity: 1_500 }] } }]);
  });

  it('answers one item an option at the prices of the moment, in order of first appearance', () => {
    const { outcomes, changes } = reserve([
      line('Shirt', 1, 'shirt-l'),
      line('Cup', 2),
      line('Shirt', 3, 'shirt-m'),
      line('Cup', 1, 'cup'),
      line('Shirt', 1, 'shirt-l'),
    ]);
    const shirt = { productId: 'Shirt' };
    expect(outcomes).toEqual([
      done({
        items: [
          { ...shirt, optionId: 'shirt-l', name: 'Shirt (L)', price: 20_500, quantity: 2 },
          { ...cup, quantity: 3 },
          { ...shirt, optionId: 'shirt-m', name: 'Shirt (M)', price: 20_000, quantity: 3 },
        ],
        subtotal: 104_000,
      }),
    ]);
    expect(changes.deltas).toEqual([
      { optionId: 'shirt-l', delta: -2 },
      { optionId: 'cup', delta: -3 },
      { optionId: 'shirt-m', delta: -3 },
    ]);
    expect(changes.reservations).toEqual([
      { orderId: 'order-0', optionId: 'shirt-l', quantity: 2 },
      { orderId: 'order-0', optionId: 'cup', quantity: 3 },
      { orderId: 'order-0', optionId: 'shirt-m', quantity: 3 },
    ]);
  });

  it('sums the lines of one option before it looks at the stock', () => {
    const short = { productId: 'Cup', optionId: 'cup', requested: 11, available: 10 };
    expect(reserve([line('Cup', 6), line('Cup', 5, 'cup')]).outcomes).toEqual([
      refuse('OUT_OF_STOCK', undefined, { shortages: [short] }),
    ]);
  });

  it('holds nothing of an order that is short, and tells all that is short at once', () => {
    const { outcomes, changes } = reserve([
      line('Cup', 11),
      line('Shirt', 1, 'shirt-m'),
      line('Shirt', 12, 'shirt-l'),
    ]);
    const shortages = [
      { productId: 'Cup', optionId: 'cup', requested: 11, available: 10 },
      { productId: 'Shirt', optionId: 'shirt-l', requested: 12, available: 10 },
    ];
    expect(outcomes).toEqual([refuse('OUT_OF_STOCK', undefined, { shortages })]);
    expect(changes).toEqual({ deltas: [], reservations: [] });
  });

  it('shows each order of a batch the stock that those before it left', () => {
    const { outcomes, changes } = reserve([line('Cup', 7)], [line('Cup', 4)], [line('Cup', 3)]);
    expect(outcomes).toEqual([
      done({ items: [{ ...cup, quantity: 7 }], subtotal: 7_000 }),
      refuse('OUT_OF_STOCK', undefined, {
        shortages: [{ productId: 'Cup', optionId: 'cup', requested: 4, available: 3 }],
      }),
      done({ items: [{ ...cup, quantity: 3 }], subtotal: 3_000 }),
    ]);
    expect(changes.deltas).toEqual([{ optionId: 'cup', delta: -10 }]);
  });

  const unknown = line('Ghost', 1);
  const unknownOption = line('Cup', 1, 'shirt-m');
  const unnamedOption = line('Shirt', 1);
  const suspended = line('Lamp', 1);
  const beyondMoney = [line('Yacht', 1), line('Cup', 1)];
  const short = line('Cup', 11);
  it.each<[string, OrderLine[], string]>([
    ['PRODUCT_NOT_FOUND', [short, ...beyondMoney, suspended, unnamedOption, unknown], 'product Ghost'],
    ['OPTION_NOT_FOUND', [short, ...beyondMoney, suspended, unknownOption, unnamedOption], 'option shirt-m'],
    ['OPTION_REQUIRED', [short, ...beyondMoney, suspended, unnamedOption, unknownOption], 'product Shirt'],
    ['PRODUCT_NOT_SELLABLE', [short, ...beyondMoney, suspended], 'product Lamp'],
    ['VALIDATION_FAILED', [short, ...beyondMoney], 'items'],
    ['OUT_OF_STOCK', [short], 'cup'],
  ])('refuses with %s before everything that is named below it', (code, lines, told) => {
    const { outcomes, changes } = reserve(lines);
    expect(outcomes).toMatchObject([{ ok: false, refusal: { code } }]);
    expect(JSON.stringify(outcomes)).toContain(told);
    expect(changes).toEqual({ deltas: [], reservations: [] });
  });

  it('sells up to the largest exact amount', () => {
    const [outcome] = reserve([line('Yacht', 1)]).outcomes;
    expect(outcome).toMatchObject({ ok: true, value: { subtotal: MONEY_MAX } });
  });
});

describe('releasing', () => {
  const orders = ['held', 'refused', 'unknown', 'also-held'].map((orderId) => ({
    orderId,
    items: [line('Cup', 999)],
  }));
  const held = [
    { orderId: 'held', optionId: 'cup', quantity: 3 },
    { orderId: 'held', optionId: 'shirt-m', quantity: 1 },
    { orderId: 'also-held', optionId: 'cup', quantity: 4 },
  ];

  it('puts back what each order holds, not what the command says', () => {
    const { outcomes, changes } = decideReleases(held, orders);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.released)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(changes).toEqual({
      deltas: [
        { optionId: 'cup', delta: 7 },
        { optionId: 'shirt-m', delta: 1 },
      ],
      orderIds: ['held', 'also-held'],
    });
  });
});
