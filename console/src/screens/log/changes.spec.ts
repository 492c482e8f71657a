import { describe, expect, it } from '@jest/globals';
import { changesOf } from './changes.js';

describe('what an entry of the log has changed', () => {
  it('is each value that differs, by its way, whatever stands around it', () => {
    const before = { name: 'Mug', price: 100, options: [{ name: 'M' }, { name: 'L' }], tags: [], old: null };
    const after = { name: 'Mug', price: 120, options: [{ name: 'M' }, { name: 'XL' }], tags: ['new'] };
    expect(changesOf(before, after)).toEqual([
      { path: 'price', before: '100', after: '120' },
      { path: 'options.1.name', before: '"L"', after: '"XL"' },
      { path: 'tags', before: '[]', after: undefined },
      { path: 'old', before: 'null', after: undefined },
      { path: 'tags.0', before: undefined, after: '"new"' },
    ]);
  });

  it('is everything where there was nothing, and nothing where nothing is known', () => {
    expect(changesOf(undefined, { state: 'ACTIVE' })).toEqual([
      { path: 'state', before: undefined, after: '"ACTIVE"' },
    ]);
    expect(changesOf(undefined, undefined)).toEqual([]);
    expect(changesOf({ a: 1 }, { a: 1 })).toEqual([]);
  });
});
