import { describe, expect, it } from '@jest/globals';
import { requestIdOf } from './logging.js';

describe('requestIdOf', () => {
  it('keeps the id that the client sent', () => {
    expect(requestIdOf('checkout-42')).toBe('checkout-42');
  });

  it.each([
    ['nothing', undefined],
    ['several', ['a', 'b']],
    ['an empty one', ''],
    ['one that would break a log line', 'a\nb'],
    ['an endless one', 'x'.repeat(129)],
  ])('makes a new id for %s', (_title, header) => {
    expect(requestIdOf(header)).toMatch(/^[0-9a-f-]{36}$/);
    expect(requestIdOf(header)).not.toBe(requestIdOf(header));
  });
});
