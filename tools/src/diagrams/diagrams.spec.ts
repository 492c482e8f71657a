import { describe, expect, it } from '@jest/globals';
import { DIAGRAM_PAGES, writtenPage } from './pages.js';

describe('the diagrams', () => {
  it.each(DIAGRAM_PAGES)(
    'R34: those of $path show what the code does: npm run docs writes them',
    async (page) => {
      expect(await writtenPage(page)).toBe(await page.fresh());
    },
  );
});
