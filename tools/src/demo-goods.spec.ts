import { describe, expect, it } from '@jest/globals';
import { couponDraft, productDraft } from '@jangteo/contracts';
import { DEMO_LANGUAGES, demoGoods, demoLanguage } from './demo-goods.js';

const HANGUL = /\p{Script=Hangul}/u;

describe('demo data', () => {
  it.each(DEMO_LANGUAGES)('is what the API takes, each name once (%s)', (language) => {
    const { products, coupons } = demoGoods(language);
    for (const product of products) expect(productDraft.parse(product)).toEqual(product);
    for (const coupon of coupons) expect(couponDraft.parse(coupon)).toEqual(coupon);
    const names = [...products, ...coupons].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves room on the first page of the list for what is put in later', () => {
    expect(demoGoods('ko').products.length).toBeLessThan(20);
  });

  it('is in the language that was asked for, Korean where none was', () => {
    expect(JSON.stringify(demoGoods('en'))).not.toMatch(HANGUL);
    const { products, coupons } = demoGoods('ko');
    for (const { name, category, description } of products) {
      for (const text of [name, category, description]) expect(text).toMatch(HANGUL);
    }
    for (const { name } of coupons) expect(name).toMatch(HANGUL);
    expect([demoLanguage({}), demoLanguage({ DEMO_LANG: 'en' })]).toEqual(['ko', 'en']);
    expect(() => demoLanguage({ DEMO_LANG: 'fr' })).toThrow('DEMO_LANG must be ko or en');
  });
});
