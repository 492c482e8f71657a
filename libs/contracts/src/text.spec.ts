import { describe, expect, it } from '@jest/globals';
import { couponDraft } from './coupon.js';
import { productChange, productDraft } from './catalog.js';
import { displayName, nameUpTo } from './text.js';

describe('a name', () => {
  it.each([
    ['Mina'],
    ['김민아'],
    ['Jean-Luc  O’Neill 3rd, Ph.D.'],
    ['مريم'],
    ['בן־דוד'],
    ['नीलम'],
    ['กาญจนา'],
    ['👩‍👩‍👧'],
    ['🇰🇷'],
    ['e\u0301'],
    ['a\u200db'],
    ['—'],
    ['\u1100\u1161'],
    ['10 %'],
  ])('may be %j', (name) => {
    expect(displayName.parse(name)).toBe(name);
  });

  it.each([
    ['nothing', ''],
    ['spaces', '  \u00a0\u3000 '],
    ['a line break', 'Tea\ncup'],
    ['a tab', 'Tea\tcup'],
    ['an escape sequence', '\u001b[31mTea'],
    ['a delete character', 'Tea\u007f'],
    ['a C1 control', 'Tea\u0085cup'],
    ['a line separator', 'Tea\u2028cup'],
    ['a paragraph separator', 'Tea\u2029cup'],
    ['a right-to-left override', 'Tea\u202epuc'],
    ['a left-to-right embedding', '\u202aTea'],
    ['an isolate', '\u2067Tea\u2069'],
    ['zero-width spaces alone', '\u200b\u200b'],
    ['a zero-width joiner alone', '\u200d'],
    ['a byte order mark and a soft hyphen', '\ufeff\u00ad'],
    ['marks without a letter', '\u0301\u0302'],
    ['Hangul fillers', '\u3164\u115f\uffa0'],
    ['a blank of Braille', '\u2800'],
    ['a variation selector', '\ufe0f'],
    ['spaces around what cannot be seen', ' \u200b \u2060 '],
  ])('may not be or have %s', (_what, name) => {
    for (const schema of [displayName, nameUpTo(100)]) expect(schema.safeParse(name).success).toBe(false);
  });

  it('is trimmed, and as long as it says', () => {
    expect(displayName.parse('  Tea cup \n')).toBe('Tea cup');
    expect(displayName.safeParse('x'.repeat(201)).success).toBe(false);
    expect(nameUpTo(100).safeParse('x'.repeat(101)).success).toBe(false);
  });

  it('is so for products, options and coupons', () => {
    const name = 'Tea\u202ecup';
    const coupon = { discountType: 'FIXED', discountValue: 1, totalQuantity: 1 };
    for (const result of [
      productDraft.safeParse({ name, price: 1 }),
      productDraft.safeParse({ name: 'Tea', price: 1, options: [{ name, stock: 1 }] }),
      productChange.safeParse({ name }),
      couponDraft.safeParse({ ...coupon, name }),
    ]) {
      expect(result.error?.issues[0]?.path.at(-1)).toBe('name');
    }
    expect(couponDraft.safeParse({ ...coupon, name: 'Tea' }).success).toBe(true);
  });
});
