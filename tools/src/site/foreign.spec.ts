import { describe, expect, it } from '@jest/globals';
import { foreignRequests } from './foreign.js';

describe('what a browser asks of other origins', () => {
  it.each([
    '<script defer src="https://cdn.example/a.js"></script>',
    '<link rel="stylesheet" href="//fonts.example/a.css">',
    '<img alt="" src="http://example/a.png">',
    "@font-face { src: url('https://fonts.example/a.woff2') }",
    '@import "https://fonts.example/a.css";',
  ])('is seen: %s', (text) => {
    expect(foreignRequests(text)).toHaveLength(1);
  });

  it.each([
    '<script src="./assets/a.js"></script>',
    '<a href="https://example.com">followed by a reader</a>',
    '<link rel="icon" href="data:,">',
    'a { background: url(data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg"%3E) }',
    'a { background: url(/assets/a.png) }',
  ])('is not: %s', (text) => {
    expect(foreignRequests(text)).toEqual([]);
  });
});
