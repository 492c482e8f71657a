import { describe, expect, it } from '@jest/globals';
import { nextLink } from './link.js';

describe('nextLink', () => {
  it.each([
    ['/products', '</products?cursor=c1>; rel="next"'],
    ['/products?limit=2', '</products?limit=2&cursor=c1>; rel="next"'],
    ['/products?cursor=c0&limit=2', '</products?cursor=c1&limit=2>; rel="next"'],
    ['/coupons/mine?status=ALL&limit=2', '</coupons/mine?status=ALL&limit=2&cursor=c1>; rel="next"'],
    ['/products?a=1?b&cursor=x', '</products?a=1%3Fb&cursor=c1>; rel="next"'],
  ])('leads on from %p', (url, link) => {
    expect(nextLink(url, 'c1')).toBe(link);
  });

  it('lets nothing of a query out of its angle brackets', () => {
    expect(nextLink('/products?x=<>"%0d%0a', 'c>1')).toBe(
      '</products?x=%3C%3E%22%0D%0A&cursor=c%3E1>; rel="next"',
    );
  });
});
