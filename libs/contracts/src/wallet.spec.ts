import { describe, expect, it } from '@jest/globals';
import { chargeWallet, MESSAGES, MONEY_MAX } from './index.js';

const { payload: example } = chargeWallet.example;

describe('R37: negative charge', () => {
  it.each([-1, -50_000, -MONEY_MAX, -0.5, 0])('of %p is refused', (amount) => {
    const { success, error } = chargeWallet.payload.safeParse({ ...example, amount });
    expect(success).toBe(false);
    expect(error?.issues.map(({ path }) => path)).toContainEqual(['amount']);
  });

  it.each([1, 50_000, MONEY_MAX])('is none of %p', (amount) => {
    expect(chargeWallet.payload.safeParse({ ...example, amount }).success).toBe(true);
  });

  it.each([0.5, NaN, Infinity, MONEY_MAX + 1, '100', null, undefined])('%p is no amount either', (amount) => {
    expect(chargeWallet.payload.safeParse({ ...example, amount }).success).toBe(false);
  });
});

describe('invalid user id', () => {
  const naming = MESSAGES.filter(({ example: { payload } }) => 'userId' in (payload as object));
  const invalid = [
    '',
    'kim',
    '1',
    1,
    null,
    '01920000-0000-7000-8000',
    '01920000-0000-7000-8000-00000000000g',
    "' OR 1=1 --",
    ['01920000-0000-7000-8000-000000000001'],
  ];
  const cases = naming.flatMap((message) =>
    invalid.map((userId) => [message.type, userId, message] as const),
  );

  it('is looked for in every message that names a user', () => {
    expect(naming.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'wallet.charge',
        'wallet.read-balance',
        'wallet.debit',
        'order.place',
        'cart.add',
      ]),
    );
  });

  it.each(cases)('in %s: %p is refused', (_type, userId, { payload, example: { payload: given } }) => {
    const { success, error } = payload.safeParse({ ...(given as object), userId });
    expect(success).toBe(false);
    expect(error?.issues.map(({ path }) => path[0])).toContain('userId');
  });
});
