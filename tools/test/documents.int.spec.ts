import { beforeAll, describe, expect, it } from '@jest/globals';
import { differences, DOCUMENTS, readDocument } from '../src/documents.js';
import type { JsonObject } from '../src/schema-comparison.js';

describe.each(DOCUMENTS.map((kind) => [kind.path, kind] as const))('%s', (_path, kind) => {
  let committed: JsonObject | undefined;
  let fresh: JsonObject;

  beforeAll(async () => {
    [committed, fresh] = await Promise.all([readDocument(kind), kind.fresh()]);
  });

  it('takes nothing away that it promised; if it is meant to: npm run docs -- --accept-breaking', () => {
    expect(kind.breaks(committed!, fresh)).toEqual([]);
  });

  it('says what the code says; if not: npm run docs', () => {
    expect(differences(committed!, fresh)).toEqual([]);
  });
});

describe('differences', () => {
  it('names the places where two documents differ', () => {
    const before = { a: { b: 1, c: [1, { d: 2 }], e: 0 }, f: 1 };
    const after = { a: { b: 2, c: [1, { d: 3 }], g: 0 }, f: 1 };
    expect(differences(before, after)).toEqual([
      '/a/b was 1, is 2',
      '/a/c/1/d was 2, is 3',
      '/a/e is gone',
      '/a/g is new',
    ]);
    expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([' is in another order']);
    expect(differences(before, before)).toEqual([]);
  });

  it('lists twenty of them at most', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`field${index}`, index]));
    expect(differences({}, many)).toHaveLength(21);
    expect(differences({}, many).at(-1)).toBe('and 10 more');
  });
});
