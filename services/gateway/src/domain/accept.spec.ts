import { expect, it } from '@jest/globals';
import { encodingFor, wantsPage } from './accept.js';

it.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['text/html', true],
  ['TEXT/HTML ; level=1', true],
  ['application/json;q=0.5, text/html;q=0.9', true],
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['application/json', false],
  ['application/json, text/html;q=0.9', false],
  ['text/html;q=0', false],
  ['text/html;q=nonsense', false],
])('whether %s asks for a page: %s', (accept, isPage) => {
  expect(wantsPage(accept)).toBe(isPage);
});

it.each([
  ['br, gzip', 'br'],
  ['gzip, deflate, br, zstd', 'br'],
  ['GZIP', 'gzip'],
  ['br;q=0, gzip;q=0.1', 'gzip'],
  ['deflate', undefined],
  ['', undefined],
  [undefined, undefined],
])('to who takes %s it is sent as %s', (accept, encoding) => {
  expect(encodingFor(accept, ['br', 'gzip'])).toBe(encoding);
});
