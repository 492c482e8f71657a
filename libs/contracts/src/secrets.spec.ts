import { describe, expect, it } from '@jest/globals';
import { maskedJson } from './secrets.js';

describe('JSON as it may be shown', () => {
  it('has no secrets at any depth', () => {
    const charge = { operation: { key: 'k', fingerprint: 'f' }, amount: 1, paymentMethod: 'pm_1' };
    expect(JSON.parse(maskedJson(JSON.stringify(charge)))).toEqual({
      operation: { key: '***', fingerprint: 'f' },
      amount: 1,
      paymentMethod: '***',
    });
    expect(maskedJson('{"tokens":["a",{"b":"c"}]}')).toBe('{"tokens":"***"}');
  });

  it.each([
    ['its beginning alone', '{"amount":1,"paymentMethod":"pm_1', '{"amount":1,"paymentMethod":"***"'],
    ['white space', '{ "paymentMethod" : "pm_\\"1", "a": 1 }', '{ "paymentMethod" : "***", "a": 1 }'],
    ['a long number', '{"a":12345678901234567890,"key":7}', '{"a":12345678901234567890,"key":"***"}'],
    ['an escaped name', '{"payment\\u004dethod":"pm_1" }', '{"payment\\u004dethod":"***" }'],
    ['a value of that name', '{"a":"key" , "b":"paymentMethod"}', '{"a":"key" , "b":"paymentMethod"}'],
    ['no JSON', 'not json', 'not json'],
  ])('is kept letter by letter otherwise where it has %s', (_, text, shown) => {
    expect(maskedJson(text)).toBe(shown);
  });

  it('is made of any text in time that grows with its length', () => {
    const cut = `{"paymentMethod":"${'\\"'.repeat(128 * 1_024)}`;
    expect(maskedJson(cut)).toBe('{"paymentMethod":"***"');
    const text = `{"note":"${'\\"'.repeat(128 * 1_024)}`;
    expect(maskedJson(text)).toBe(text);
    const deep = '['.repeat(100_000);
    expect(maskedJson(deep + ']'.repeat(100_000))).toHaveLength(200_000);
  });
});
