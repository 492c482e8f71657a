import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { shareShop, type Shop } from '@jangteo/testkit';
import { expectProblem, tally } from './expectations.js';

const LIMIT = 50;

let shop: Shop;

beforeAll(async () => {
  shop = await shareShop({ gateway: { RATE_LIMIT_PER_MINUTE: String(LIMIT) } });
});
afterAll(() => shop.stop());

it('R31: refuses what one address sends beyond its rate, tells when to come back, and stays healthy', async () => {
  // Nobody has said that this address may speak for others, so it is counted, whatever it says.
  // Addresses that cannot be read count as well: `/%`, and one longer than any.
  const paths = ['/products', '/products', '/%', '/products/%zz', `/products/${'1'.repeat(1_000)}`];
  const sends = Array.from({ length: LIMIT + 10 }, (_, index) =>
    shop.client.get(paths[index % paths.length]!, { headers: { 'x-forwarded-for': `203.0.113.${index}` } }),
  );
  const answers = await Promise.all(sends);
  const {
    '200': found = 0,
    '400 VALIDATION_FAILED': unread = 0,
    '429 RATE_LIMITED': limited,
    ...others
  } = tally(answers);
  const accepted = found + unread;
  expect(unread).toBeGreaterThan(0);
  // The test kit itself has asked for the API's document.
  expect([LIMIT, LIMIT - 1]).toContain(accepted);
  expect([limited, others]).toEqual([answers.length - accepted, {}]);
  const refused = answers.find(({ status }) => status === 429);
  if (refused === undefined) throw new Error('nothing was refused');
  expectProblem(refused, 'RATE_LIMITED');
  expect(refused.headers.get('ratelimit-policy')).toBe(`"requests";q=${LIMIT};w=60`);
  expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
  const left = answers.flatMap(({ headers }) => /r=(\d+);/.exec(headers.get('ratelimit') ?? '')?.[1] ?? []);
  expect(left).toHaveLength(answers.length);
  // Each of those that were let in is told of one less.
  expect(new Set(left).size).toBe(accepted);
  const waitSeconds = Number(refused.headers.get('retry-after'));
  expect(waitSeconds).toBeGreaterThanOrEqual(1);
  expect(waitSeconds).toBeLessThanOrEqual(60);
  expect((await shop.client.get('/health/ready')).status).toBe(200);
});
