import { describe, expect, it } from '@jest/globals';
import { Cors } from '../domain/cors.js';
import { ANSWER_HEADERS } from './api-headers.js';

/** Browsers show them of every answer, and the cookie of none. */
const NOT_ASKED_FOR = ['Content-Language', 'Last-Modified', 'Set-Cookie'];

describe('pages of other origins', () => {
  it('may read every header that the document of the API has', () => {
    const documented = Object.entries(ANSWER_HEADERS).map(([id, { name = id }]) => name);
    const exposed = new Cors(['https://shop.example']).answer('https://shop.example')[
      'access-control-expose-headers'
    ];
    const asked = [...new Set(documented)].filter((name) => !NOT_ASKED_FOR.includes(name));
    expect(exposed?.split(', ').sort()).toEqual(asked.sort());
  });
});
