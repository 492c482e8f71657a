import { describe, expect, it } from '@jest/globals';
import { debitWallet, reserveStock } from '@jangteo/contracts';
import { brokenRules, type Examined } from './rule.js';

const words = { knownType: (service: string) => `known to ${service}`, json: 'JSON', id: 'an id' };

const rulesOf = (letter: Partial<Examined>): string[] =>
  brokenRules(
    {
      reason: '',
      detail: '',
      body: '',
      bodyEncoding: 'utf8',
      type: 'wallet.debit',
      service: 'wallet',
      ...letter,
    },
    words,
  ).map(({ path, expected, found }) => `${path}: ${expected}, not ${found}`);

/** The words of our own contracts about what does not fit them. */
function refusalOf({ payload }: typeof debitWallet | typeof reserveStock, value: unknown): Partial<Examined> {
  const { error } = payload.safeParse(value);
  return { reason: 'invalid-payload', detail: String(error?.message), body: JSON.stringify(value) };
}

describe('the rule that refused a message', () => {
  it('is told with where it broke, what was expected and what was found', () => {
    const userId = '01920000-0000-7000-8000-000000000001';
    const debit = { orderId: userId, userId, amount: 'all' };
    expect(rulesOf(refusalOf(debitWallet, debit))).toEqual(['amount: number, not "all"']);
    const rules = rulesOf(refusalOf(reserveStock, { items: [{ productId: 7, quantity: 0 }] }));
    expect(rules).toContainEqual(expect.stringMatching(/^items\[0\]\.productId: .+, not 7$/));
    expect(rules).toContainEqual(expect.stringMatching(/^items\[0\]\.quantity: number to be >=1, not 0$/));
    expect(rulesOf(refusalOf(debitWallet, {}))).toContainEqual(
      expect.stringMatching(/^amount: number, not undefined$/),
    );
  });

  it('is that of a field which may not be there', () => {
    const detail = JSON.stringify([
      { code: 'unrecognized_keys', keys: ['a', 'b'], path: ['of'], message: 'Unrecognized keys' },
    ]);
    expect(rulesOf({ reason: 'invalid-payload', detail, body: '{"of":{"a":1,"b":2}}' })).toEqual([
      'of.a: Unrecognized keys, not 1',
      'of.b: Unrecognized keys, not 2',
    ]);
  });

  it('is, of several that would do, the one that it came closest to', () => {
    const near = [{ path: ['ok'], message: 'Invalid input: expected true' }];
    const far = [...near, { path: ['value'], message: 'Invalid input: expected object, received undefined' }];
    const detail = JSON.stringify([
      { code: 'invalid_union', path: [], errors: [far, near], message: 'Invalid input' },
    ]);
    expect(rulesOf({ reason: 'invalid-payload', detail, body: '{"ok":1}' })).toEqual(['ok: true, not 1']);
  });

  it.each([
    ['unknown-type', 'no handler for type wallet.debit', 'type: known to wallet, not wallet.debit'],
    ['unknown-version', 'schema version 9, expected 1', 'schema-version: 1, not 9'],
    ['wrong-sender', 'sent by coupon, which only order may', 'user-id: order, not coupon'],
    ['malformed', 'not JSON: SyntaxError: x', 'body: JSON, not oops'],
    ['malformed', 'no correlation id', 'correlation-id: an id, not undefined'],
  ])('%s: %s', (reason, detail, wanted) => {
    expect(rulesOf({ reason, detail, body: 'oops' })).toEqual([wanted]);
  });

  it.each([
    ['handler-failed', 'Error: violates check constraint'],
    ['malformed', 'a bundle that cannot be taken apart'],
    ['invalid-payload', '[{"path":["cut'],
  ])('is none where nothing tells of one: %s, %s', (reason, detail) => {
    expect(rulesOf({ reason, detail })).toEqual([]);
  });
});
