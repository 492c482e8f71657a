import { describe, expect, it } from '@jest/globals';
import { done } from '@jangteo/contracts';
import { lastEventIdOf, textOf } from './server-sent.js';

describe('an event of a stream', () => {
  it('is lines with a blank one behind them, whatever is in its data', () => {
    expect(textOf({ event: 'progress', data: { reason: 'one\ntwo\r\n\n' }, id: 3 })).toBe(
      'id: 3\nevent: progress\ndata: {"reason":"one\\ntwo\\r\\n\\n"}\n\n',
    );
    expect(textOf({ event: 'shop', data: {} })).toBe('event: shop\ndata: {}\n\n');
  });
});

describe('lastEventIdOf', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['12', 12],
  ])('reads %j', (header, expected) => {
    expect(lastEventIdOf(header)).toEqual(done(expected));
  });

  it.each(['-1', '1.5', ' 1', 'x', '1234567890'])('refuses %j', (header) => {
    expect(lastEventIdOf(header)).toMatchObject({
      refusal: { code: 'VALIDATION_FAILED', errors: [{ path: 'Last-Event-ID' }] },
    });
  });
});
