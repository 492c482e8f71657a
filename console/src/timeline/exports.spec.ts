import { describe, expect, it } from '@jest/globals';
import { example, EXAMPLES } from './examples/index.js';
import { jsonOf, markdownOf, mermaidOf } from './exports.js';
import { modelOf } from './model.js';
import { readTimelineFile } from './read-file.js';
import { telling } from './telling.fixture.js';

/** The lines that sequence diagrams may have, as far as they are written here. */
const LINE =
  /^ {4}(participant (\w+) as [^#;<>%]+|(\w+)(->>|-->>|-\)|-x|--x)(\w+): .+|Note over \w+(,\w+)?: .+)$/;

const cleared = (line: string): string => line.replaceAll(/#(35|59|37|lt|gt);/g, '');

describe('an exported timeline', () => {
  it('is what the API gave, and is read again as it was', () => {
    for (const name of EXAMPLES) {
      const timeline = example(name);
      expect(readTimelineFile(jsonOf(timeline))).toEqual({ ok: true, timeline });
    }
  });

  it('is a sequence diagram whose lines Mermaid understands, among who takes part alone', () => {
    for (const name of EXAMPLES) {
      for (const language of ['en', 'ko'] as const) {
        const [first, ...lines] = mermaidOf(modelOf(example(name)), telling(language))
          .trimEnd()
          .split('\n');
        expect(first).toBe('sequenceDiagram');
        for (const line of lines) {
          expect(line).toMatch(LINE);
          expect(cleared(line)).not.toMatch(/[#;%]/);
        }
        const present = lines.flatMap((line) => /participant (\w+)/.exec(line)?.[1] ?? []);
        const spoken = lines.flatMap((line) => /^ {4}(\w+)-[->x)]+(\w+):/.exec(line)?.slice(1) ?? []);
        for (const who of spoken) expect(present).toContain(who);
      }
    }
  });

  it('tells of a cancellation what was asked, answered and undone, and the time between', () => {
    const diagram = mermaidOf(modelOf(example('cancelled')), telling('en', { nameOf: () => 'cup; #1 <b>' }));
    expect(diagram).toContain(
      '    client->>order: placed the order (+0 ms)\n    order->>catalog: ReserveStock\n',
    );
    expect(diagram).toMatch(/ {4}catalog-->>order: reserved 2 × cup#59; #35;1 #lt;b#gt; \(\+\d+ ms\)\n/);
    expect(diagram).toMatch(
      / {4}Note over client,platform: .* later\n {4}client->>order: cancelled the order/,
    );
    expect(diagram).toContain('    order->>wallet: RefundWallet\n');
  });

  it('shows a refusal as lost, and what nobody answered too', () => {
    expect(mermaidOf(modelOf(example('refused')), telling('en'))).toContain(
      '    wallet--xorder: refused to take',
    );
    expect(mermaidOf(modelOf(example('timed-out')), telling('en'))).toContain(
      '    order-xwallet: gave no answer',
    );
    expect(mermaidOf(modelOf(example('in-flight')), telling('en'))).toContain('    order-)coupon: UseCoupon');
  });

  it('is a page of Markdown with the sentence, the list and the diagram', () => {
    const timeline = example('refused');
    const nameOf = () => 'a *cup* | <i>';
    const page = markdownOf(modelOf(timeline), telling('ko', { nameOf }), 'ko');
    expect(page.split('\n')[0]).toBe(`# 주문 ${timeline.orderId}: 실패`);
    expect(page).toContain(timeline.why.ko);
    expect(page).toContain('재고를 예약했습니다: 6 × a \\*cup\\* \\| \\<i\\>');
    expect(page).toContain('```mermaid\nsequenceDiagram\n');
    expect(page.match(/^\d+\. /gm)).toHaveLength(modelOf(timeline).marks.length);
  });
});
