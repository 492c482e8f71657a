import { describe, expect, it } from '@jest/globals';
import { writtenPage } from './printed-page.js';
import { EXACT_PAGES } from './printed.js';

describe('what is printed from the code', () => {
  it.each(EXACT_PAGES)('R34: $path says what the code does: npm run docs writes it', async (page) => {
    expect(await writtenPage(page)).toBe(await page.fresh());
  });
});
