import { describe, expect, it } from '@jest/globals';
import { inKorean, joined } from './in-korean.js';
import { KOREAN } from './korean.js';
import { DIAGRAM_PAGES } from './pages.js';

describe('the diagrams in Korean', () => {
  const words = {
    '# Cups': '# 컵',
    'Each cup once. No cup twice.': '컵마다 한 번씩입니다.',
    '- One.': '- 하나.',
    '- Two, of which one is broken.': '- 둘, 그중 하나는 깨졌습니다.',
    '*Seen.*': '*보았음.*',
    'It holds.': '새지 않습니다.',
    '| in state |': '| 상태 |',
  };

  it('R40: are the same diagrams, with all that is said around them in Korean', () => {
    const english =
      '# Cups\n\nEach cup once.\nNo cup twice.\n\n- One.\n- Two, of which\n  one is broken.\n\n## wallet\n\n' +
      '*Seen.* It holds.\n\n```mermaid\na --> b : It holds.\n```\n\n| in state | `x` |\n|---|---|\n';
    expect(inKorean(english, words)).toBe(
      '# 컵\n\n컵마다 한 번씩입니다.\n\n- 하나.\n- 둘, 그중 하나는 깨졌습니다.\n\n## wallet\n\n' +
        '*보았음.* 새지 않습니다.\n\n```mermaid\na --> b : It holds.\n```\n\n| 상태 | `x` |\n|---|---|\n',
    );
  });

  it.each(['# Cups\n\nIt leaks.\n', '# Bowls\n', '# Cups\n\n*Heard.* It holds.\n'])(
    'R40: are not written where something has no Korean: %j',
    (english) => {
      expect(() => inKorean(english, words)).toThrow(/does not say/);
    },
  );

  it('R40: say nothing that the English ones do not say any more', async () => {
    const pages = await Promise.all(DIAGRAM_PAGES.map(async (page) => await page.fresh()));
    const said = joined(pages.join('\n'));
    expect(Object.keys(KOREAN).filter((english) => !said.includes(english))).toEqual([]);
  });
});
