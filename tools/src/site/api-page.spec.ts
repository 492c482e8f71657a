import { describe, expect, it } from '@jest/globals';
import { apiPage } from './api-page.js';

const DOCUMENT = {
  tags: [{ name: 'Orders', description: 'Ordering.' }],
  paths: {
    '/orders/{orderId}': {
      get: {
        operationId: 'readOrder',
        tags: ['Orders'],
        summary: 'Reads an order',
        'x-roles': ['customer', 'admin'],
      },
      delete: { operationId: 'other', tags: ['Elsewhere'], summary: 'Not here' },
    },
    '/orders': { get: { operationId: 'look', tags: ['Orders'], summary: 'Looks' } },
  },
};

describe('the list of calls', () => {
  it('has each call below its subject, with a link to the reference and the lowest role that may', () => {
    const page = apiPage(DOCUMENT, 'en');
    expect(page.split('## ')[1]).toBe(`Orders

Ordering.

| call | what it does | for | id |
|---|---|---|---|
| <a href="./reference/index.html#/Orders/readOrder" target="_self"><code>GET /orders/{orderId}</code></a> | Reads an order | customer | \`readOrder\` |
| <a href="./reference/index.html#/Orders/look" target="_self"><code>GET /orders</code></a> | Looks | anyone | \`look\` |
`);
  });

  it('is there in Korean, a folder further down', () => {
    expect(apiPage(DOCUMENT, 'ko')).toMatch(/^# API 목록\n/);
    expect(apiPage(DOCUMENT, 'ko')).toContain('href="../reference/index.html#/Orders/look"');
    expect(apiPage(DOCUMENT, 'ko')).toContain('| 누구나 |');
  });
});
