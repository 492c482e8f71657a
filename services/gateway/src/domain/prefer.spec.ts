import { describe, expect, it } from '@jest/globals';
import { waitPreferenceOf } from './prefer.js';

describe('waitPreferenceOf', () => {
  it.each([
    [undefined, { waitSeconds: 5 }],
    ['', { waitSeconds: 5 }],
    ['return=minimal', { waitSeconds: 5 }],
    ['wait=10', { waitSeconds: 10, applied: 'wait=10' }],
    ['Wait = 10', { waitSeconds: 10, applied: 'wait=10' }],
    ['wait="10"', { waitSeconds: 10, applied: 'wait=10' }],
    ['wait=10; foo=bar', { waitSeconds: 10, applied: 'wait=10' }],
    ['wait=30', { waitSeconds: 30, applied: 'wait=30' }],
    ['wait=31', { waitSeconds: 30, applied: 'wait=30' }],
    ['wait=999999999', { waitSeconds: 30, applied: 'wait=30' }],
    ['wait=0', { waitSeconds: 0, applied: 'wait=0' }],
    ['wait=1, wait=9', { waitSeconds: 1, applied: 'wait=1' }],
    ['respond-async', { waitSeconds: 0, applied: 'respond-async' }],
    ['Respond-Async', { waitSeconds: 0, applied: 'respond-async' }],
    ['respond-async, wait=10', { waitSeconds: 10, applied: 'wait=10' }],
    ['handling=lenient, respond-async', { waitSeconds: 0, applied: 'respond-async' }],
    ['wait=-1', { waitSeconds: 5 }],
    ['wait=1.5', { waitSeconds: 5 }],
    ['wait=soon', { waitSeconds: 5 }],
    ['wait', { waitSeconds: 5 }],
    ['wait=soon, respond-async', { waitSeconds: 0, applied: 'respond-async' }],
    ['(((', { waitSeconds: 5 }],
  ])('reads %p as %p', (header, preference) => {
    expect(waitPreferenceOf(header)).toEqual(preference);
  });
});
