import { describe, expect, it } from '@jest/globals';
import {
  currencyOf,
  durationOf,
  moneyHeadOf,
  moneyLabelOf,
  moneyOf,
  plainMoneyOf,
  shortMoneyOf,
  shortOf,
  timeOf,
  waitingOf,
  zoneOf,
} from './format.js';
import { markdownOf } from './tables.js';
import { en } from '../words/en.js';
import { ko } from '../words/ko.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const utc = { language: 'en', zone: 'utc' } as const;

describe('a moment', () => {
  it.each([
    [0, 'now'],
    [12_300, '12 s ago'],
    [59 * 60_000, '59 min ago'],
    [-30_000, 'in 30 s'],
    [2 * 3_600_000, '10:00:00'],
    [26 * 3_600_000, 'Feb 28, 2026 10:00:00'],
  ])('%d ms ago is told as %j', (ago, told) => {
    expect(timeOf(NOW - ago, NOW, en.time, utc)).toBe(told);
  });

  it('is told in Korean too', () => {
    expect(timeOf(NOW - 12_000, NOW, ko.time, { language: 'ko', zone: 'utc' })).toBe('12초 전');
  });
});

it.each([
  [-540, 'UTC+9'],
  [210, 'UTC-3:30'],
  [0, 'UTC'],
])('a clock that is %d min behind UTC is of %s', (offset, zone) => {
  const at = Object.assign(new Date(NOW), { getTimezoneOffset: () => offset });
  expect([zoneOf(at, 'local'), zoneOf(at, 'utc')]).toEqual([zone, 'UTC']);
});

describe('values', () => {
  it.each([
    [3, '3 ms'],
    [2_140, '2.1 s'],
    [65_000, '1 min 5 s'],
    [119_800, '2 min 0 s'],
  ])('%d ms is %j', (ms, told) => expect(durationOf(ms, 'en')).toBe(told));

  it('are lengths in the units of a language', () => {
    expect([3, 2_140, 65_000].map((ms) => durationOf(ms, 'ko'))).toEqual(['3 ms', '2.1초', '1분 5초']);
  });

  it('say of what waits that there may be more, from where it is counted no further', () => {
    expect([9_999, 10_000, 10_003].map((count) => waitingOf(count, 'en'))).toEqual([
      '9,999',
      '10,000+',
      '10,003+',
    ]);
  });

  it('are money as plain numbers, below a head that says of which currency', () => {
    const [dollars, dinars] = [currencyOf('usd'), currencyOf('kwd')];
    const amounts = [12_900, 5, -5, 0].map((amount) => plainMoneyOf(amount, dollars));
    expect(amounts).toEqual(['129.00', '0.05', '-0.05', '0.00']);
    expect(plainMoneyOf(9_007_199_254_740_993n, dinars)).toBe('9007199254740.993');
    expect([plainMoneyOf(12_900), plainMoneyOf(undefined)]).toEqual(['12900', '']);
    expect([moneyHeadOf('Total', dollars), moneyHeadOf('Total')]).toEqual(['Total (USD)', 'Total (KRW)']);
  });

  it('are money exactly where they are more than a number holds', () => {
    expect(moneyOf(900_719_925_474_099_399n, 'en', currencyOf('usd'))).toBe('$9,007,199,254,740,993.99');
  });

  it('are money in the way of a language', () => {
    expect([moneyOf(12_900, 'ko'), moneyOf(-12_900, 'en')]).toEqual(['₩12,900', '-₩12,900']);
  });

  it('are money in the currency of the shop, whose smallest unit they are in', () => {
    const [dollars, dinars] = [currencyOf('usd'), currencyOf('kwd')];
    // Usually shown without decimals, which it has.
    expect(moneyOf(12_900, 'en', currencyOf('rsd')).replace(/\s/u, ' ')).toBe('RSD 129.00');
    expect(moneyOf(12_900, 'en', dollars)).toBe('$129.00');
    expect(moneyOf(12_900, 'en', currencyOf('JPY'))).toBe('¥12,900');
    expect(moneyOf(-5, 'ko', dollars)).toBe('-US$0.05');
    expect(moneyOf(12_900, 'en', dinars).replace(/\s/u, ' ')).toBe('KWD 12.900');
    expect(shortMoneyOf(129_000_000, 'en', dollars)).toBe('$1.3M');
  });

  it('have as many digits as ISO 4217 gives, whatever a provider of payments counts in', () => {
    const digits = ['isk', 'ugx', 'mga', 'huf', 'twd', 'bhd'].map((code) => currencyOf(code).digits);
    expect(digits).toEqual([0, 0, 2, 2, 2, 3]);
  });

  it('are asked for in the smallest unit, which is told where it is not a whole one', () => {
    expect(moneyLabelOf('Price', 'en', currencyOf('krw'))).toBe('Price');
    expect(moneyLabelOf('Price', 'en', currencyOf('usd'))).toBe('Price (× $0.01)');
  });

  it('are ids that can be told apart by their ends', () => {
    expect(shortOf('01a229bd-27de-73c8-81a7-5baad06bd08b')).toBe('01a229bd…d08b');
    expect(shortOf('short')).toBe('short');
  });
});

describe('a list that is handed on', () => {
  it('is a table of Markdown whose cells stay in their places', () => {
    expect(markdownOf([['name'], ['a|b\n\\c']])).toBe('| name |\n| --- |\n| a\\|b \\\\c |\n');
    // Whoever registers chooses a name; what the list is copied into is to show it, and no picture or link.
    const signs = '*a* _b_ `c` ~~d~~ ![e](https://example.com) <img> &lt; # f';
    const shown = String.raw`\*a\* \_b\_ \`c\` \~\~d\~\~ !\[e\](https://example.com) \<img\> \&lt; \# f`;
    expect(markdownOf([['name'], [signs]])).toContain(`| ${shown} |\n`);
  });
});
