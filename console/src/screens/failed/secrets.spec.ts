import { describe, expect, it } from '@jest/globals';
import { MASK, shownBody, shownField, valueAt } from './secrets.js';

const text = (body: string): string => shownBody({ body, bodyEncoding: 'utf8' });

describe('a body', () => {
  it('is shown indented, without its secrets', () => {
    const body = JSON.stringify({
      amount: 1,
      user: { password: 'hush', apiKey: ['a', 'b'] },
      note: 'Bearer abc.def',
    });
    expect(JSON.parse(text(body))).toEqual({ amount: 1, user: { password: MASK, apiKey: MASK }, note: MASK });
    expect(text('{"a":1}')).toBe('{\n  "a": 1\n}');
  });

  it.each([
    ['a number that JavaScript cannot hold', '{"amount":12345678901234567890123}'],
    ['white space of its own', '{ "amount": 1 }'],
    ['no JSON', 'not json'],
    ['its beginning alone', '{"amount":1,"na'],
  ])('is shown letter by letter where it has %s', (_, body) => {
    expect(text(body)).toBe(body);
  });

  it('has no secret either where it is no JSON', () => {
    expect(text('{"password": "hush", "accessToken": "abc')).toBe(
      `{"password": "${MASK}", "accessToken": "${MASK}"`,
    );
    expect(text('key jk_0123456789abcdef and eyJhbGciOi.eyJzdWIi.sig')).toBe(`key ${MASK} and ${MASK}`);
    const orderId = '01920000-0000-7000-8000-0000000000a1';
    expect(text(`order ${orderId}`)).toBe(`order ${orderId}`);
  });

  it('is left as it is where it is no text', () => {
    expect(shownBody({ body: 'AAEC', bodyEncoding: 'base64' })).toBe('AAEC');
  });
});

describe('a header', () => {
  it.each([
    ['schema-version', 1, '1'],
    ['request-id', 'r-1', 'r-1'],
    ['authorization', 'Basic abc', MASK],
    ['x-more', { cookie: 'a' }, `{"cookie":"${MASK}"}`],
  ])('%s is shown without secrets', (name, value, wanted) => {
    expect(shownField(name, value)).toBe(wanted);
  });
});

describe('what stands at a path', () => {
  const body = JSON.stringify({ items: [{ quantity: 0 }], secret: 's', long: 'x'.repeat(300) });
  it.each([
    [['items', 0, 'quantity'], '0'],
    [['items', 1, 'quantity'], undefined],
    [['nothing'], undefined],
    [['secret'], `"${MASK}"`],
  ])('%j', (path, wanted) => {
    expect(valueAt(body, path)).toBe(wanted === `"${MASK}"` ? MASK : wanted);
  });

  it('is cut where it is long', () => {
    expect(valueAt(body, ['long'])).toHaveLength(201);
  });
});
