import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { productOf, type Option } from './option.js';
import { isCurrent, cachedProductOf, productWith, type LiveProduct } from './cached-product.js';

const shirt: Option = {
  productId: 'shirt',
  productName: 'Shirt',
  category: null,
  basePrice: 20_000,
  status: 'SELLABLE',
  optionId: 'm',
  optionName: 'M',
  additionalPrice: 0,
  optionStatus: 'SELLABLE',
  stock: 5,
};

const options = fc.array(
  fc.record({
    productId: fc.constant('shirt'),
    productName: fc.constant('Shirt'),
    category: fc.constant(null),
    basePrice: fc.constant(20_000),
    status: fc.constant('SUSPENDED' as const),
    optionId: fc.uuid(),
    optionName: fc.string(),
    additionalPrice: fc.nat(),
    optionStatus: fc.constantFrom('SELLABLE' as const, 'SUSPENDED' as const),
    stock: fc.nat(),
  }),
  { minLength: 1 },
);

const times = {
  version: 1,
  description: null,
  imageUrl: 'https://example.com/shirt.jpg',
  category: null,
  createdAt: new Date('2026-01-01T00:00:00.000Z'),
  updatedAt: new Date('2026-01-02T00:00:00.000Z'),
};

function liveOf(its: readonly Option[], version = 1): LiveProduct {
  return { productId: 'shirt', version, status: 'SUSPENDED', stocks: its.map(({ stock }) => stock) };
}

describe('a product that is put together from what is cached and its live stock', () => {
  it('is the one that its options make', () => {
    fc.assert(
      fc.property(options, (its) => {
        const cached = cachedProductOf(its.map((option) => ({ ...option, ...times, version: 1 })));
        expect(productWith(cached, liveOf(its))).toEqual(productOf(its, times));
      }),
    );
  });

  it('has no stock and no status from the cache', () => {
    const cached = cachedProductOf([{ ...shirt, ...times, version: 3 }]);
    expect(JSON.stringify(cached)).not.toMatch(/stock|status/i);
    expect(productWith(cached, { ...liveOf([shirt]), stocks: [99] })).toMatchObject({
      stock: 99,
      options: [{ stock: 99 }],
    });
  });

  it('shows neither an option that is suspended nor its stock, and gives the others theirs', () => {
    const its = [
      { ...shirt, optionStatus: 'SUSPENDED' as const },
      { ...shirt, optionId: 'l', stock: 7 },
    ];
    const cached = cachedProductOf(its.map((option) => ({ ...option, ...times, version: 1 })));
    expect(productWith(cached, liveOf(its))).toMatchObject({
      stock: 7,
      options: [{ optionId: 'l', stock: 7 }],
    });
  });

  it('fails rather than give an option the stock of none', () => {
    const cached = cachedProductOf([shirt, shirt].map((option) => ({ ...option, ...times, version: 1 })));
    expect(() => productWith(cached, liveOf([shirt]))).toThrow('has lost an option');
  });
});

describe('a cached product', () => {
  it.each([
    ['of the same version', 3, 3, 1, true],
    ['of a later version than was found', 4, 3, 1, true],
    ['of an earlier version', 2, 3, 1, false],
    ['that lacks an option', 3, 3, 2, false],
  ])('%s is current or not', (_title, cachedVersion, found, optionsCount, expected) => {
    const cached = cachedProductOf([{ ...shirt, ...times, version: cachedVersion }]);
    const its = Array.from({ length: optionsCount }, () => shirt);
    expect(isCurrent(cached, liveOf(its, found))).toBe(expected);
  });
});
