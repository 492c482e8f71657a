import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '@jangteo/contracts';
import { askedFor, tellersOf } from './staff-operation.js';

const entry = { target: null, after: null } as const;

describe('what staff have sent again', () => {
  it('is told by the service that did it, and by all where the log does not say which', () => {
    expect(tellersOf({ ...entry, action: 'nudgeSagas' })).toEqual(['order']);
    expect(tellersOf({ ...entry, action: 'nudgeSaga', target: 'x' })).toEqual(['order']);
    expect(tellersOf({ ...entry, action: 'sendDeadLetters', target: 'coupon' })).toEqual(['coupon']);
    const letter = { ...entry, action: 'sendDeadLetter', target: 'its id' } as const;
    expect(tellersOf({ ...letter, after: '{"service":"wallet"}' })).toEqual(['wallet']);
    expect(tellersOf(letter)).toEqual(SERVICES);
  });

  it('is as much as the answer says, and not known where there was none', () => {
    const after = '{"sent":2,"left":3,"unsendable":4}';
    expect(askedFor({ ...entry, action: 'sendDeadLetters', after })).toBe(9);
    expect(askedFor({ ...entry, action: 'nudgeSagas', after: '{"nudged":7}' })).toBe(7);
    expect(askedFor({ ...entry, action: 'nudgeSaga', after: '{"orderId":"x"}' })).toBe(1);
    expect(askedFor({ ...entry, action: 'sendDeadLetter', after: '{}' })).toBe(1);
    expect(askedFor({ ...entry, action: 'sendDeadLetters' })).toBeUndefined();
  });
});
