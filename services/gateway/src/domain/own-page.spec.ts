import { expect, it } from '@jest/globals';
import { isOwnPage } from './own-page.js';

it.each([
  [undefined, undefined, 'shop.example', true],
  ['same-origin', 'https://shop.example', 'shop.example', true],
  ['none', undefined, 'shop.example', true],
  ['same-site', undefined, 'shop.example', false],
  ['cross-site', 'https://shop.example', 'shop.example', false],
  ['', undefined, 'shop.example', false],
  [undefined, 'https://shop.example', 'SHOP.example', true],
  [undefined, 'https://shop.example', 'shop.example:443', true],
  [undefined, 'http://shop.example', 'shop.example:443', false],
  [undefined, 'http://127.0.0.1:3000', '127.0.0.1:3000', true],
  [undefined, 'http://127.0.0.1:3000', '127.0.0.1:3001', false],
  [undefined, 'http://localhost:3000', '127.0.0.1:3000', false],
  [undefined, 'http://[::1]:3000', '[::1]:3000', true],
  [undefined, 'https://shop.example.evil.example', 'shop.example', false],
  [undefined, 'null', 'null', false],
  [undefined, '', '', false],
  [undefined, 'file://', '', false],
  [undefined, 'https://shop.example', '', false],
])('whether a page that says %s and %s to %s is our own: %s', (site, origin, host, isOwn) => {
  expect(isOwnPage({ site, origin, host })).toBe(isOwn);
});
