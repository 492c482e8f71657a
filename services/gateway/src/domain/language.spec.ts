import { describe, expect, it } from '@jest/globals';
import { languageOf } from './language.js';

describe('languageOf', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['ko', 'ko'],
    ['KO-kr', 'ko'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['en;q=0.5, ko;q=0.9', 'ko'],
    ['fr, ko;q=0.1', 'ko'],
    ['fr, de', 'en'],
    ['ko;q=0', 'en'],
    ['ko;q=2', 'en'],
    ['ko;q=x, en', 'en'],
    ['*', 'en'],
    ['*;q=0.1, ko', 'ko'],
    ['kok', 'en'],
    [',;,q=1;;', 'en'],
  ])('takes %j for %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
