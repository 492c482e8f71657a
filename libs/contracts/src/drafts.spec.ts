import { describe, expect, it } from '@jest/globals';
import { couponDraft, productDraft } from './index.js';

const pathsOf = (result: { error?: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined }) =>
  (result.error?.issues ?? []).map(({ path }) => path.join('.'));

describe('a draft of a product', () => {
  const draft = (...names: string[]) =>
    productDraft.safeParse({ name: 'Shirt', price: 1, options: names.map((name) => ({ name, stock: 1 })) });

  it.each([
    ['the same', 'Large', 'Large'],
    ['the same but for spaces around it', 'Large', ' Large '],
    ['the same but for its case', 'LARGE', 'large'],
    ['the same but for a case that changes letters', 'STRASSE', 'straße'],
    ['the same in decomposed letters', 'café', 'cafe\u0301'],
    ['the same in decomposed syllables', '큰', '큰'.normalize('NFD')],
  ])('has no two options whose names are %s', (_title, one, other) => {
    expect(pathsOf(draft(one, 'M', other))).toEqual(['options.2.name']);
  });

  it('names each option that has the name of another before it', () => {
    expect(pathsOf(draft('S', 's', 'M', 'm', 'S'))).toEqual([
      'options.1.name',
      'options.3.name',
      'options.4.name',
    ]);
  });

  it('takes options whose names differ', () => {
    expect(draft('S', 'M', 'L', '큰', '작은').success).toBe(true);
  });
});

describe('a draft of a coupon', () => {
  const draft = (discountType: string, discountValue: number, maxDiscount?: number) =>
    couponDraft.safeParse({ name: 'Tea', discountType, discountValue, totalQuantity: 1, maxDiscount });

  it('caps percents alone', () => {
    expect(pathsOf(draft('FIXED', 3_000, 1_000))).toEqual(['maxDiscount']);
    expect(pathsOf(draft('FIXED', 3_000, 3_000))).toEqual(['maxDiscount']);
    expect(pathsOf(draft('FIXED', 3_000, 5_000))).toEqual(['maxDiscount']);
    expect(draft('FIXED', 3_000).success).toBe(true);
    expect(draft('PERCENT', 30, 1_000).success).toBe(true);
  });
});
