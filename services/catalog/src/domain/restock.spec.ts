import { describe, expect, it } from '@jest/globals';
import { done, refuse, refuseProduct, STOCK_MAX, type Outcome } from '@jangteo/contracts';
import type { Option } from './option.js';
import { decideRestocks } from './restock.js';

const cup: Option = {
  productId: 'Cup',
  productName: 'Cup',
  category: null,
  basePrice: 1_000,
  status: 'SUSPENDED',
  optionId: 'cup',
  optionName: 'default',
  additionalPrice: 0,
  optionStatus: 'SELLABLE',
  stock: 10,
};
const shirts = ['m', 'l'].map((optionId) => ({ ...cup, productId: 'Shirt', optionId, stock: 5 }));

function restock(options: Option[], ...asked: [productId: string, quantity: number, optionId?: string][]) {
  const requests = asked.map(([productId, quantity, optionId], index) => ({
    operation: { key: `key-${index}`, fingerprint: '' },
    productId,
    change: { quantity, optionId },
  }));
  return decideRestocks(options, requests);
}

const tooMany = (available: number) =>
  refuse('VALIDATION_FAILED', undefined, {
    errors: [
      { path: 'quantity', message: `must leave at most ${STOCK_MAX} units; there are ${available} now` },
    ],
  });
const short = (requested: number, available: number) =>
  refuse('OUT_OF_STOCK', undefined, {
    shortages: [{ productId: 'Cup', optionId: 'cup', requested, available }],
  });

describe('restocking', () => {
  it('adds and takes away, each change seeing those before it, and writes down each one that was made', () => {
    const asked: [string, number, string?][] = [
      ['Cup', 5],
      ['Shirt', 1, 'l'],
      ['Cup', -16],
      ['Cup', -15, 'cup'],
    ];
    const { outcomes, changes } = restock([cup, ...shirts], ...asked);
    expect(outcomes).toEqual([
      done({ optionId: 'cup', stock: 15 }),
      done({ optionId: 'l', stock: 6 }),
      short(16, 15),
      done({ optionId: 'cup', stock: 0 }),
    ]);
    expect(changes.deltas).toEqual([
      { optionId: 'cup', delta: -10 },
      { optionId: 'l', delta: 1 },
    ]);
    expect(changes.movements).toEqual([
      { optionId: 'cup', operationKey: 'key-0', quantity: 5 },
      { optionId: 'l', operationKey: 'key-1', quantity: 1 },
      { optionId: 'cup', operationKey: 'key-3', quantity: -15 },
    ]);
  });

  it('is of the version that was meant, where one was, or is refused', () => {
    const asked = [[2], [1, 3], [], undefined].map((versions, index) => ({
      operation: { key: `key-${index}`, fingerprint: '' },
      productId: 'Cup',
      change: { quantity: 1 },
      versions,
    }));
    const { outcomes, changes } = decideRestocks([cup], asked, new Map([['Cup', 3]]));
    const other = refuse('VERSION_CHANGED', 'it is version 3 now');
    const [first, second] = [11, 12].map((stock) => done({ optionId: 'cup', stock }));
    expect(outcomes).toEqual([other, first, other, second]);
    expect(changes.deltas).toEqual([{ optionId: 'cup', delta: 2 }]);
    const nowhere = decideRestocks([], [asked[0]!], new Map());
    expect(nowhere.outcomes).toMatchObject([{ refusal: { code: 'PRODUCT_NOT_FOUND' } }]);
  });

  it('leaves a stock alone to which as much was added as was taken away', () => {
    const { changes } = restock([cup], ['Cup', 5], ['Cup', -5]);
    expect(changes.deltas).toEqual([]);
    expect(changes.movements).toHaveLength(2);
  });

  it('goes to the one option that is shown where none is named, and to a suspended one that is', () => {
    const [shown, hidden] = [shirts[0]!, { ...shirts[1]!, optionStatus: 'SUSPENDED' as const }];
    const { outcomes } = restock([shown, hidden], ['Shirt', 1], ['Shirt', 2, 'l']);
    expect(outcomes).toEqual([done({ optionId: 'm', stock: 6 }), done({ optionId: 'l', stock: 7 })]);
  });

  it.each<[string, number, [string, number, string?], Outcome]>([
    ['refuses a product that is not there', 10, ['Ghost', 1], refuseProduct('PRODUCT_NOT_FOUND', 'Ghost')],
    [
      'refuses an option of another product',
      10,
      ['Cup', 1, 'm'],
      refuse('OPTION_NOT_FOUND', 'option m', { productId: 'Cup', optionId: 'm' }),
    ],
    ['refuses to guess among options', 10, ['Shirt', 1], refuseProduct('OPTION_REQUIRED', 'Shirt')],
    ['takes the last unit', 10, ['Cup', -10], done({ optionId: 'cup', stock: 0 })],
    ['refuses to go below zero', 10, ['Cup', -11], short(11, 10)],
    ['fills up to the limit', STOCK_MAX - 1, ['Cup', 1], done({ optionId: 'cup', stock: STOCK_MAX })],
    ['refuses to pass the limit', STOCK_MAX, ['Cup', 1], tooMany(STOCK_MAX)],
    [
      'takes away from a stock that released orders lifted above the limit',
      STOCK_MAX + 5,
      ['Cup', -1],
      done({ optionId: 'cup', stock: STOCK_MAX + 4 }),
    ],
  ])('%s', (_title, stock, asked, expected) => {
    const { outcomes, changes } = restock([{ ...cup, stock }, ...shirts], asked);
    expect(outcomes).toEqual([expected]);
    expect(changes.deltas).toHaveLength(expected.ok ? 1 : 0);
    expect(changes.movements).toHaveLength(expected.ok ? 1 : 0);
  });
});
