import type { Product } from '@jangteo/client';
import { describe, expect, it } from '@jest/globals';
import { changeOf, conflictsOf, mergedFields } from './edits.js';

const mug: Product = {
  productId: '01a229d0-0000-7000-8000-000000000001',
  name: 'Mug',
  price: 12_000,
  stock: 5,
  status: 'SELLABLE',
  options: [],
  category: 'kitchen',
  version: 3,
};
const filled = { name: 'Mug', price: '12000', category: 'kitchen', description: '', imageUrl: '' };

describe('what a form changes of a product', () => {
  it('is nothing where nothing was written, and only what was', () => {
    expect(changeOf(mug, filled)).toEqual({});
    expect(changeOf(mug, { ...filled, price: '13000', description: ' Holds 300 ml ' })).toEqual({
      price: 13_000,
      description: 'Holds 300 ml',
    });
  });

  it('is no text of several lines that was left as it is', () => {
    const tall = { ...mug, description: 'Porcelain\n180 ml' };
    const fields = { ...filled, description: 'Porcelain\n180 ml' };
    expect(changeOf(tall, fields)).toEqual({});
    expect(changeOf(tall, { ...fields, price: '9' })).toEqual({ price: 9 });
  });

  it('takes away what an empty field has been, but a name', () => {
    expect(changeOf(mug, { ...filled, category: '', name: '' })).toEqual({ category: null, name: '' });
  });
});

describe('what two people change at once', () => {
  const now = { ...mug, price: 15_000, name: 'Large mug', version: 4 };

  it('is a conflict where both changed the same field, to other values', () => {
    const fields = { ...filled, price: '13000', category: 'gifts' };
    expect(conflictsOf(mug, now, fields)).toEqual([{ field: 'price', mine: '13000', theirs: '15000' }]);
    expect(conflictsOf(mug, now, { ...filled, price: '15000' })).toEqual([]);
  });

  it('is put together as somebody has chosen', () => {
    const fields = { ...filled, price: '13000', category: 'gifts' };
    const kept = mergedFields(mug, now, fields, new Set());
    expect(changeOf(now, kept)).toEqual({ price: 13_000, category: 'gifts' });
    const givenUp = mergedFields(mug, now, fields, new Set(['price']));
    expect(changeOf(now, givenUp)).toEqual({ category: 'gifts' });
  });
});
