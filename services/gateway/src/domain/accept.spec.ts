import { expect, it } from '@jest/globals';
import { wantsPage } from './accept.js';

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
