import { describe, expect, it } from '@jest/globals';
import { actionOf, keyOf } from './key-names.js';

describe('a key', () => {
  it.each([
    [{ key: 'g', code: 'KeyG' }, 'g'],
    // Dvorak: what is written on it counts.
    [{ key: 'i', code: 'KeyG' }, 'i'],
    // The Korean input of macOS, of Windows, and a Cyrillic layout.
    [{ key: 'ㅎ', code: 'KeyG' }, 'g'],
    [{ key: 'Process', code: 'KeyJ' }, 'j'],
    [{ key: 'п', code: 'KeyG' }, 'g'],
    [{ key: 'Ж', code: 'Slash', shiftKey: true }, '?'],
    [{ key: 'х', code: 'BracketLeft' }, '['],
    [{ key: 'Enter', code: 'Enter' }, 'Enter'],
    [{ key: 'é', code: 'Digit2' }, 'é'],
  ])('pressed as %j is called %s', (event, name) => {
    expect(keyOf({ shiftKey: false, ...event })).toBe(name);
  });
});

describe('what a key does', () => {
  const frame = new Map([
    ['g w', 'webhooks'],
    ['w', 'frame'],
  ]);
  const page = new Map([['w', 'race']]);

  it.each([
    ['', 'w', 'race'],
    ['g', 'w', 'webhooks'],
    ['x', 'w', 'race'],
    ['g', 'x', undefined],
  ])('after %j, %s: %s', (before, key, wanted) => {
    expect(actionOf([frame, page], before, key)).toBe(wanted);
  });
});
