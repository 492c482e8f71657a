import { describe, expect, it } from '@jest/globals';
import { unstorableText } from './text.js';

describe('unstorableText', () => {
  it.each([
    [{ name: 'a\0b' }, 'name'],
    [{ items: [{ name: 'fine' }, { name: '\0' }] }, 'items.1.name'],
    [{ name: '\ud83d' }, 'name'],
    ['\0', ''],
    [['\udc00x'], '0'],
  ])('finds it in %j', (value, path) => {
    expect(unstorableText(value)).toBe(path);
  });

  it.each([[undefined], [null], [7], ['text'], [{ name: '😀 \u0001', none: null, deep: [{ is: true }] }]])(
    'finds nothing in %j',
    (value) => {
      expect(unstorableText(value)).toBeUndefined();
    },
  );
});
