import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, idempotencyKeyOf, operationOf } from './idempotency.js';

describe('idempotencyKeyOf', () => {
  it.each([
    [undefined, undefined],
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    [' abc ', 'abc'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['"abc', '"abc'],
    ['a"b', 'a"b'],
    ['"a"b"', '"a"b"'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('reads %p as %p', (header, key) => {
    expect(idempotencyKeyOf(header)).toEqual({ ok: true, value: key });
  });

  /** As a server gets it: each byte as a character. */
  const sent = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

  it.each([
    ['Hangul', '주'.repeat(86)],
    ['as many Hangul as a key may have characters', '문'.repeat(255)],
    ['other signs of several bytes', '🛒'.repeat(255)],
    ['letters with accents', 'é'.repeat(255)],
    ['some of each', `order-${'주문🛒é'.repeat(60)}`],
  ])('counts characters, and no bytes, of a key of %s', (_what, text) => {
    expect(idempotencyKeyOf(sent(text))).toEqual({ ok: true, value: text });
  });

  it('refuses a key of too many characters, whatever their bytes', () => {
    for (const sign of ['a', 'é', '주', '🛒']) {
      expect(idempotencyKeyOf(sent(sign.repeat(256)))).toMatchObject({ ok: false });
    }
    expect(idempotencyKeyOf('\u00ff'.repeat(256))).toMatchObject({ ok: false });
  });

  it('knows a short key by its bytes, as it always did, and cuts none of them off', () => {
    for (const text of ['주문-1', 'à', 'voilà', '🛒']) {
      expect(idempotencyKeyOf(sent(text))).toEqual({ ok: true, value: sent(text) });
    }
  });

  it.each([[''], ['  '], ['""'], ['x'.repeat(256)]])('refuses %p', (header) => {
    expect(idempotencyKeyOf(header)).toMatchObject({
      ok: false,
      refusal: { code: 'VALIDATION_FAILED', errors: [{ path: 'Idempotency-Key' }] },
    });
  });
});

describe('canonicalJson', () => {
  it('gives one text to bodies that differ in nothing but the order of fields', () => {
    const one = { items: [{ productId: 'p', quantity: 1 }], note: undefined, total: 3 };
    const other = { total: 3, items: [{ quantity: 1, productId: 'p' }] };
    expect(canonicalJson(one)).toBe('{"items":[{"productId":"p","quantity":1}],"total":3}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
  });

  it('tells bodies apart that differ in the order of a list', () => {
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    );
  });
});

describe('operationOf', () => {
  it('keeps users and kinds of request apart, and stays within what a key may be', () => {
    const key = 'x'.repeat(255);
    const names = [
      operationOf('user-1', 'wallet.charge', key, 'f'),
      operationOf('user-2', 'wallet.charge', key, 'f'),
      operationOf('user-1', 'order.place', key, 'f'),
    ].map((operation) => operation.key);
    expect(new Set(names).size).toBe(3);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(600);
  });
});
