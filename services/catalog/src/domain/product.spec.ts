import { describe, expect, it } from '@jest/globals';
import {
  MONEY_MAX,
  productDraft,
  type Product,
  type ProductChange,
  type ProductDraft,
} from '@jangteo/contracts';
import type { ChangingOption } from './option.js';
import { decideChanges, decideCreations } from './product.js';

const now = new Date('2026-01-02T00:00:00.000Z');

function create(...drafts: ProductDraft[]) {
  let ids = 0;
  const requests = drafts.map((draft, index) => ({
    operation: { key: `key-${index}`, fingerprint: '' },
    draft: productDraft.parse(draft),
  }));
  return decideCreations(requests, { now, newId: () => `id-${(ids += 1)}` });
}

describe('creating', () => {
  it('makes one default option with the stock where no options are given', () => {
    const { outcomes, changes } = create({ name: 'Cup', price: 1_000, stock: 7 });
    const product: Product = {
      productId: 'id-1',
      name: 'Cup',
      price: 1_000,
      stock: 7,
      status: 'SELLABLE',
      options: [{ optionId: 'id-2', name: 'default', price: 1_000, stock: 7 }],
      version: 1,
      createdAt: '2026-01-02T00:00:00.000Z',
      updatedAt: '2026-01-02T00:00:00.000Z',
    };
    expect(outcomes).toEqual([{ ok: true, value: product }]);
    const texts = { description: null, imageUrl: null, category: null };
    const card = { productId: 'id-1', name: 'Cup', price: 1_000, status: 'SELLABLE', version: 1 };
    expect(changes.products).toEqual([{ ...card, ...texts }]);
    expect(changes.movements).toEqual([{ optionId: 'id-2', operationKey: 'key-0', quantity: 7 }]);
  });

  it('makes the options that are given, in their order, with all-in prices', () => {
    const { outcomes, changes } = create(
      { name: 'Gift', price: 0 },
      {
        name: 'Shirt',
        price: 20_000,
        options: [
          { name: 'L', additionalPrice: 500, stock: 3 },
          { name: 'M', stock: 0 },
        ],
      },
    );
    expect(outcomes[0]).toMatchObject({ ok: true, value: { stock: 0, options: [{ stock: 0 }] } });
    expect(outcomes[1]).toMatchObject({
      ok: true,
      value: {
        price: 20_000,
        stock: 3,
        options: [
          { name: 'L', price: 20_500, stock: 3 },
          { name: 'M', price: 20_000, stock: 0 },
        ],
      },
    });
    expect(changes.options.map(({ optionName, position }) => [optionName, position])).toEqual([
      ['default', 0],
      ['L', 0],
      ['M', 1],
    ]);
    expect(changes.movements.map(({ operationKey, quantity }) => [operationKey, quantity])).toEqual([
      ['key-1', 3],
    ]);
  });

  it('refuses a price that no longer is exact with an option on top, names each, and makes nothing', () => {
    const tooMuch = { name: 'L', additionalPrice: 1, stock: 1 };
    const { outcomes, changes } = create({
      name: 'Yacht',
      price: MONEY_MAX,
      options: [tooMuch, { name: 'M', stock: 1 }, { ...tooMuch, name: 'XL' }],
    });
    const message = `the price of an option must not pass ${MONEY_MAX} in all`;
    const errors = [0, 2].map((index) => ({ path: `options.${index}.additionalPrice`, message }));
    expect(outcomes).toEqual([{ ok: false, refusal: { code: 'VALIDATION_FAILED', errors } }]);
    expect(changes).toEqual({ products: [], options: [], movements: [] });
  });
});

describe('changing', () => {
  const cup: ChangingOption = {
    productId: 'cup',
    productName: 'Cup',
    basePrice: 1_000,
    status: 'SELLABLE',
    optionId: 'cup-small',
    optionName: 'small',
    additionalPrice: 0,
    optionStatus: 'SELLABLE',
    stock: 4,
    position: 0,
    version: 3,
    description: 'Of clay',
    imageUrl: null,
    category: 'Kitchen',
    updatedAt: new Date('2026-01-01T00:00:00.000Z'),
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    now,
  };
  const large = { ...cup, optionId: 'cup-large', optionName: 'large', additionalPrice: 500 };

  const change = (...changes: (ProductChange & { of?: string; versions?: number[] })[]) =>
    decideChanges(
      [cup, large],
      changes.map(({ of: productId = 'cup', versions, ...given }) => ({
        operation: { key: '', fingerprint: '' },
        productId,
        versions,
        change: given,
      })),
    );
  const before = { productId: 'cup', name: 'Cup', price: 1_000, status: 'SELLABLE' };

  it.each<[string, ProductChange]>([
    ['the name', { name: 'Mug' }],
    ['the price', { price: 0 }],
    ['the status', { status: 'SUSPENDED' }],
    ['all at once', { name: 'Mug', price: 2_000, status: 'SUSPENDED' }],
  ])('changes %s and nothing else', (_title, given) => {
    const { outcomes, changes } = change(given);
    expect(changes).toMatchObject([{ ...before, ...given }]);
    const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-02T00:00:00.000Z' };
    expect(outcomes).toMatchObject([{ ok: true, value: { ...before, ...given, ...times, stock: 8 } }]);
  });

  it('writes a product once that a batch changes twice, with both changes', () => {
    const { outcomes, changes } = change({ name: 'Mug' }, { of: 'ghost', price: 1 }, { price: 3_000 });
    expect(outcomes).toMatchObject([
      { ok: true, value: { name: 'Mug', price: 1_000 } },
      { ok: false, refusal: { code: 'PRODUCT_NOT_FOUND', detail: 'product ghost' } },
      { ok: true, value: { name: 'Mug', price: 3_000, options: [{ price: 3_000 }, { price: 3_500 }] } },
    ]);
    expect(changes).toMatchObject([{ ...before, name: 'Mug', price: 3_000 }]);
  });

  it('changes texts, takes out those that are null, and leaves the others', () => {
    const { outcomes, changes } = change({ description: null, imageUrl: 'https://example.com/cup.jpg' });
    expect(changes).toMatchObject([
      { description: null, imageUrl: 'https://example.com/cup.jpg', category: 'Kitchen', version: 4 },
    ]);
    expect(outcomes).toMatchObject([{ ok: true, value: { category: 'Kitchen', version: 4 } }]);
    expect(outcomes[0]).not.toHaveProperty('value.description');
    expect(outcomes[0]).toHaveProperty('value.before.description', 'Of clay');
  });

  it('changes only the version that was meant, of several that come at once the first', () => {
    const { outcomes, changes } = change(
      { price: 1, versions: [2] },
      { price: 2, versions: [3] },
      { price: 3, versions: [3] },
      { name: 'Mug' },
      { price: 4, versions: [] },
    );
    const refused = (version: number) => ({
      ok: false,
      refusal: { code: 'VERSION_CHANGED', detail: `it is version ${version} now` },
    });
    expect(outcomes).toMatchObject([
      refused(3),
      { ok: true, value: { price: 2, version: 4 } },
      refused(4),
      { ok: true, value: { price: 2, name: 'Mug', version: 5 } },
      refused(5),
    ]);
    expect(changes).toMatchObject([{ price: 2, name: 'Mug', version: 5 }]);
  });

  it('refuses a price that no longer is exact with the dearest option on top', () => {
    const { outcomes, changes } = change({ price: MONEY_MAX - 499 });
    expect(outcomes).toMatchObject([
      { ok: false, refusal: { code: 'VALIDATION_FAILED', errors: [{ path: 'price' }] } },
    ]);
    expect(changes).toEqual([]);
    expect(change({ price: MONEY_MAX - 500 }).outcomes).toMatchObject([{ ok: true }]);
  });
});
