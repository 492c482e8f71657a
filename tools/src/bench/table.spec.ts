import { describe, expect, it } from '@jest/globals';
import { services } from '../services.js';
import type { Measurement } from './measure.js';
import { compareWithTargets, shareOfLimit } from './targets.js';
import { alignedTable, tablesOf, targetTable } from './table.js';

const load = {
  seconds: 10,
  good: 15_000,
  perSecond: 1_500,
  p50: 80,
  p95: 150,
  p99: 190,
  max: 250,
  answers: { '201': 15_000 },
  refused: {},
  errors: {},
};

type Change = Partial<Omit<Measurement, 'load'>> & { load?: Partial<Measurement['load']> };

function measured({ load: its, ...change }: Change): Measurement {
  return {
    scenario: 'orders',
    title: 'orders',
    clients: 128,
    processes: {},
    batches: {},
    faults: [],
    ...change,
    load: { ...load, ...its },
  };
}

describe('alignedTable', () => {
  it('sets words to the left and numbers to the right', () => {
    const table = alignedTable(
      ['what', 'how many'],
      [
        ['orders', '1,500'],
        ['race', '–'],
      ],
    );
    expect(table).toBe('what    how many\norders     1,500\nrace           –');
  });
});

describe('tablesOf', () => {
  it('shows speed, what programs used, and batches', () => {
    const text = tablesOf([
      measured({
        processes: { order: { cores: 0.5, memoryBytes: 120_000_000 } },
        otherCores: 0.1,
        batches: { 'jangteo.order.requests': 17.44 },
      }),
      measured({ clients: 0, ratePerSecond: 500, load: { errors: { '500 INTERNAL': 3 } }, faults: ['x'] }),
    ]);
    expect(text).toMatch(/orders +128 +1,500 +80.0 +150.0 +190.0 +250.0 +0 +0 +exact/);
    expect(text).toMatch(/orders +500\/s +1,500 .* 3 +NOT EXACT/);
    expect(text).toMatch(/Cores busy\nscenario +clients +order +others\norders +128 +0.50 +0.10/);
    expect(text).toMatch(/Memory at the end, MB\n.*\norders +128 +120/);
    expect(text).toMatch(/order.requests\norders +128 +17.4/);
    expect(text).not.toContain('Memory early');
  });

  it('shows the early memory of a long run', () => {
    const processes = { order: { cores: 1, memoryBytes: 120_000_000, earlyMemoryBytes: 110_000_000 } };
    expect(tablesOf([measured({ scenario: 'long', processes })])).toMatch(
      /Memory early, MB\n.*\nlong +128 +110/,
    );
  });
});

function verdictOf(what: RegExp, measurements: Measurement[]): string {
  const row = compareWithTargets(measurements).find((one) => what.test(one.what));
  return `${row?.found} ${row?.verdict}`;
}

describe('compareWithTargets', () => {
  const orders = measured({});

  it('marks a figure as reached from its bound on, as missed beyond, and else as not measured', () => {
    expect(verdictOf(/^orders, 128 clients$/, [orders])).toBe('1,500/s reached');
    expect(verdictOf(/^orders, 128 clients$/, [measured({ load: { perSecond: 1_499 } })])).toBe(
      '1,499/s missed',
    );
    expect(verdictOf(/128 clients, p99/, [measured({ load: { p99: 200 } })])).toBe('200.0 ms reached');
    expect(verdictOf(/128 clients, p99/, [measured({ load: { p99: 200.1 } })])).toBe('200.1 ms missed');
    expect(verdictOf(/race/, [orders])).toBe('– not measured');
  });

  it('compares with the best of the limit, and with the spread-out orders', () => {
    const limits = [7_000, 7_500].map((perSecond) => measured({ scenario: 'limit', load: { perSecond } }));
    expect(shareOfLimit([orders, ...limits])).toBe(0.2);
    const hot = measured({ scenario: 'hot', load: { perSecond: 1_200 } });
    expect(verdictOf(/hot/, [orders, hot])).toBe('0.80 missed');
    const overload = measured({ scenario: 'overload', clients: 2_000, load: { perSecond: 1_200 } });
    expect(verdictOf(/2,000/, [orders, overload])).toBe('0.80 reached');
    expect(
      verdictOf(/2,000/, [orders, measured({ clients: 512, load: { perSecond: 2_000 } }), overload]),
    ).toBe('0.60 missed');
  });

  it('looks at the service with the most memory, and at the one that grew most', () => {
    const names = services.toSorted();
    const figures = (memoryBytes: number) => ({ cores: 0, memoryBytes, earlyMemoryBytes: 100_000_000 });
    const processes = Object.fromEntries(
      names.map((name, index) => [name, figures((100 + index) * 1_000_000)]),
    );
    const run = measured({ scenario: 'long', processes });
    expect(verdictOf(/memory of the largest/, [run])).toBe('105 MB reached');
    expect(verdictOf(/early figure/, [run])).toBe('1.05 reached');
    const grown = { ...processes, order: figures(251_000_000) };
    expect(verdictOf(/memory of the largest/, [{ ...run, processes: grown }])).toBe('251 MB missed');
    expect(verdictOf(/early figure/, [{ ...run, processes: grown }])).toBe('2.51 missed');
  });

  it('counts runs that were not exact', () => {
    expect(verdictOf(/not exact/, [orders])).toBe('0 reached');
    expect(verdictOf(/not exact/, [orders, measured({ faults: ['money is missing'] })])).toBe('1 missed');
  });

  it('is shown as a table', () => {
    expect(targetTable(compareWithTargets([orders]))).toMatch(
      /orders, 128 clients +≥ 1,500\/s +1,500\/s +reached/,
    );
  });
});
