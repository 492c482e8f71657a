import { expect, it } from '@jest/globals';
import { fileAt, hasVersion, headersOf } from './console-site.js';

const FILES = new Set(['index.html', 'icon.svg', 'assets/app.js']);

it.each([
  ['', 'index.html'],
  ['index.html', 'index.html'],
  ['icon.svg', 'icon.svg'],
  ['orders/7', 'index.html'],
  ['assets', 'index.html'],
  ['assets/app.js', 'assets/app.js'],
  ['assets/other.js', undefined],
  ['assets/', undefined],
  ['assets/../icon.svg', undefined],
  ['../icon.svg', 'index.html'],
])('at %s below the console is %s', (path, file) => {
  expect(fileAt(path, FILES)).toBe(file);
});

it('gives what no table knows no type to be run as', () => {
  expect(headersOf('assets/app.wat')['content-type']).toBe('application/octet-stream');
  expect(headersOf('assets')['content-type']).toBe('application/octet-stream');
});

it.each([
  [undefined, false],
  ['', false],
  ['"b"', false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
])('whether who knows %s has version "a": %s', (known, has) => {
  expect(hasVersion(known, '"a"')).toBe(has);
});
