import { describe, expect, it } from '@jest/globals';
import { useCoupon } from '@jangteo/contracts';
import { writtenPage } from './printed-page.js';
import { SIZE_PAGE, sizesOf } from './size-page.js';

/** Tolerated difference: a new function needs no new page, a new folder does. */
const SHARE = 0.02;

const NUMBER = /(?<=\| )[\d,]+(?= \|$)/gm;

const numbersOf = (page: string): number[] =>
  [...page.matchAll(NUMBER)].map(([text]) => Number(text.replaceAll(',', '')));

describe('docs/size.md', () => {
  it('is about as large as the code: npm run docs writes it', async () => {
    const [written, now] = [await writtenPage(SIZE_PAGE), await SIZE_PAGE.fresh()];
    const numbers = numbersOf(written);
    expect(numbers).toHaveLength(numbersOf(now).length);
    numbersOf(now).forEach((number, index) => {
      expect(Math.abs((numbers[index] ?? 0) - number)).toBeLessThanOrEqual(Math.ceil(number * SHARE));
    });
  });

  it('finds a step by its action and its state, and a service by its names, outside of its own folder', () => {
    const words = ['UseCoupon', 'const useCoupon =', "'USING_COUPON'", useCoupon.type, 'useCoupons', 'using'];
    const steps = words.map((text, index) => ({ path: `services/order/src/${index}.ts`, text }));
    const services = ["'ranking'", 'jangteo_ranking', 'services/ranking', 'the ranking of old'].map(
      (text, index) => ({ path: `tools/src/${index}.ts`, text }),
    );
    const own = { path: 'services/ranking/src/a.ts', text: "'ranking'\n\n" };
    const harness = { path: 'verify/src/a.ts', text: '\n' };
    const client = { path: 'clients/typescript/src/a.ts', text: '\n' };
    const printed = { path: 'clients/typescript/src/api.ts', text: '\n' };
    const screen = { path: 'console/src/a.tsx', text: "'ranking'\n\n\n" };
    const test = { path: 'tools/src/a.spec.ts', text: "'ranking'\n" };
    const peer = { path: 'verify/peers/other/src/a.ts', text: "'ranking' useCoupon\n" };
    const sizes = sizesOf([...steps, ...services, own, harness, client, printed, screen, test, peer]);
    expect(sizes.steps.get('UseCoupon')).toEqual(steps.slice(0, 4).map(({ path }) => path));
    expect(sizes.services.get('ranking')).toEqual(services.slice(0, 3).map(({ path }) => path));
    expect(sizes.lines).toEqual({ product: 2, client: 1, console: 3, workshop: 2, tests: 1 });
  });
});
