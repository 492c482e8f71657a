import { describe, expect, it } from '@jest/globals';
import { registerBody } from '../accounts/accounts.controller.js';
import { isKnownPassword } from '../accounts/known-passwords.js';
import { changeCouponBody, createCouponBody } from '../shop/coupons.controller.js';
import { placeOrderBody } from '../shop/orders.controller.js';
import { emailAddress, givenInstant } from './schemas.js';

describe('an e-mail address', () => {
  it.each([
    ['research&dev@example.com'],
    ["o'neill+tag@sub.example.co.kr"],
    ['mina@xn--3e0b707e.xn--3e0b707e'],
    ['mina@shop.xn--p1ai'],
    ['a!#$%&*/=?^_`{|}~-b@example.com'],
    ['.dots..everywhere.@example.com'],
    ['1@1.kr'],
    ['root@localhost'],
  ])('may be %s', (email) => {
    expect(emailAddress.parse(email)).toBe(email);
  });

  it.each([
    ['mina'],
    ['@example.com'],
    ['mina@'],
    ['mina@-example.com'],
    ['mina@example-.com'],
    ['mina@exa_mple.com'],
    ['mina@example..com'],
    ['mi na@example.com'],
    ['mina@@example.com'],
    ['"mina kim"@example.com'],
    ['mina@[127.0.0.1]'],
    ['mina\n@example.com'],
    ['민아@example.com'],
    [`${'x'.repeat(250)}@example.com`],
    [`mina@${'x'.repeat(64)}.com`],
  ])('may not be %j', (email) => {
    expect(emailAddress.safeParse(email).success).toBe(false);
  });

  it('is known without spaces around it and in lower case', () => {
    expect(emailAddress.parse('  Research&Dev@EXAMPLE.com ')).toBe('research&dev@example.com');
  });
});

describe('a registration', () => {
  const person = { email: 'mina.kim99@example.com', name: 'Mina Kim', password: 'correct horse' };
  const flaws = (password: string): unknown =>
    registerBody.safeParse({ ...person, password }).error?.issues.map(({ path }) => path);

  it.each([
    'password',
    'Password123',
    '12345678',
    'QWERTYUIOP',
    'iloveyou',
    '1q2w3e4r',
    'zzzzzzzz',
    '00000000',
  ])('takes no password like %s, which everybody tries first', (password) => {
    expect(isKnownPassword(password)).toBe(true);
    expect(flaws(password)).toEqual([['password']]);
  });

  it.each([person.email, 'mina.kim99', 'mina kim'])('takes no %s, which is the owner’s', (password) => {
    expect(flaws(password)).toEqual([['password']]);
  });

  it.each(['correct horse', 'password 1', '비밀번호 열두글자', 'a long sentence is fine'])(
    'takes %s',
    (password) => {
      expect(flaws(password)).toBeUndefined();
    },
  );
});

describe('an order', () => {
  const [cup, pot, white, blue] = [1, 2, 3, 4].map((digit) => `01920000-0000-7000-8000-00000000000${digit}`);
  const flaws = (...items: object[]): unknown =>
    placeOrderBody.safeParse({ items }).error?.issues.map(({ path }) => path.join('.'));

  it('may have a thousand units of one option, however they are spread over lines', () => {
    expect(flaws({ productId: cup, quantity: 600 }, { productId: cup, quantity: 400 })).toBeUndefined();
    expect(flaws({ productId: cup, quantity: 1_000 }, { productId: pot, quantity: 1_000 })).toBeUndefined();
    const options = [white, blue].map((optionId) => ({ productId: cup, optionId, quantity: 1_000 }));
    expect(flaws(...options)).toBeUndefined();
  });

  it('may not have more, named or not', () => {
    const named = { productId: cup, optionId: white };
    expect(flaws({ ...named, quantity: 600 }, { ...named, quantity: 401 })).toEqual(['items.1.quantity']);
    expect(flaws({ productId: cup, quantity: 600 }, { ...named, quantity: 401 })).toEqual([
      'items.1.quantity',
    ]);
    expect(flaws({ ...named, quantity: 600 }, { productId: cup, quantity: 401 })).toEqual([
      'items.1.quantity',
    ]);
  });
});

describe('a time', () => {
  const messagesOf = (text: string): unknown =>
    givenInstant.safeParse(text).error?.issues.map(({ message }) => message);

  it.each([
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.123456789Z',
    '0001-01-01T00:00:00Z',
  ])('%s stays as it was written', (text) => {
    expect(givenInstant.parse(text)).toBe(text);
  });

  it.each([
    ['2026-01-01T09:00:00+09:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T09:00:00.123456789+0900', '2026-01-01T00:00:00.123456789Z'],
  ])('%s is read as %s', (text, moment) => {
    expect(givenInstant.parse(text)).toBe(moment);
  });

  it.each([
    '2026-01-01T00:00+09:00',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+25:00',
    '2026-01-01T00:00:61+09:00',
    '2026-02-30T00:00:00+09:00',
    '2026-01-01T00:00:00.1234567891+09:00',
    '0001-01-01T00:00:00+09:00',
    '9999-12-31T23:00:00-01:00',
  ])('may not be %s', (text) => {
    expect(messagesOf(text)).toHaveLength(1);
  });

  it('is refused with what a + in a query has to be', () => {
    expect(messagesOf('2026-01-01T09:00:00 09:00')).toEqual([expect.stringContaining('%2B')]);
  });

  it('is one moment of a coupon, and one request under a key, however it is written', () => {
    const draft = { name: 'Tea', discountType: 'FIXED', discountValue: 1, totalQuantity: 1 };
    const issueStartsAt = '2026-01-01T00:00:00Z';
    const issueEndsAt = '2026-01-02T00:00:00Z';
    expect(
      createCouponBody.parse({
        ...draft,
        issueStartsAt: '2026-01-01T09:00:00+0900',
        issueEndsAt: '2026-01-01T19:00:00-05:00',
      }),
    ).toEqual({ ...draft, issueStartsAt, issueEndsAt });
    expect(changeCouponBody.parse({ usableUntil: '2026-01-01T09:00:00+09:00', issueEndsAt: null })).toEqual({
      usableUntil: issueStartsAt,
      issueEndsAt: null,
    });
    // By its clock the end is later, and by time it is before.
    const early = { issueStartsAt, issueEndsAt: '2026-01-01T08:00:00+09:00' };
    expect(createCouponBody.safeParse({ ...draft, ...early }).error?.issues).toMatchObject([
      { path: ['issueEndsAt'], message: 'must be after issueStartsAt' },
    ]);
    expect(changeCouponBody.safeParse({}).success).toBe(false);
  });
});
