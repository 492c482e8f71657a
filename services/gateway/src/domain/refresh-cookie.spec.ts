import { expect, it } from '@jest/globals';
import { NO_REFRESH_COOKIE, refreshCookie, refreshTokenIn } from './refresh-cookie.js';

it.each([
  [undefined, undefined],
  ['', undefined],
  ['theme=dark', undefined],
  ['jangteo_refresh=a.1.b', 'a.1.b'],
  ['theme=dark; jangteo_refresh=a.1.b ; x', 'a.1.b'],
  ['theme=dark;jangteo_refresh=a.1.b', 'a.1.b'],
  ['jangteo_refresh=; jangteo_refresh=a.1.b', 'a.1.b'],
  ['jangteo_refresh', undefined],
  ['my_jangteo_refresh=a', undefined],
  ['JANGTEO_REFRESH=a', undefined],
  [`jangteo_refresh=${'x'.repeat(200)}`, 'x'.repeat(200)],
  [`jangteo_refresh=${'x'.repeat(201)}`, undefined],
])('in the cookies %s the refresh token is %s', (cookies, token) => {
  expect(refreshTokenIn(cookies)).toBe(token);
});

it('is read as it was written, and gone once it was taken away', () => {
  const [pair] = refreshCookie('a.1.b').split(';');
  expect(refreshTokenIn(pair)).toBe('a.1.b');
  expect(refreshTokenIn(NO_REFRESH_COOKIE.split(';')[0])).toBeUndefined();
});
