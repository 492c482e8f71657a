import { describe, expect, it } from '@jest/globals';
import type { LoadResult } from './load/plan.js';
import type { Measured, Measurement } from './measure.js';
import { readBenchOptions } from './options.js';
import { compareTurns, comparisonTable, turnsOf, type Contender } from './turns.js';

const NAMES = ['ours', 'theirs'] as const;

function contender(name: string, pid: number): Contender {
  const shop: Measured = {
    programs: () =>
      new Map([
        ['gateway', [pid]],
        ['postgres', [1]],
      ]),
    metrics: async () => [],
    deadServices: () => [`${name}'s gateway`],
    bookFaults: async () => [],
  };
  return { name, shop, urls: [`http://${name}`], orders: { kind: 'order', tokens: [name], goods: [] } };
}

function measurement(detail: string, clients: number, perSecond: number): Measurement {
  const load = { perSecond, p50: 1_000 / perSecond, p99: 2_000 / perSecond } as LoadResult;
  return { scenario: 'orders', title: '', detail, clients, load, processes: {}, batches: {}, faults: [] };
}

const options = readBenchOptions(['--peer', 'stock-nest', '--clients', '1,64', '--rounds', '3']);
const turns = [...turnsOf([contender('ours', 10), contender('theirs', 20)], options)];

describe('turnsOf', () => {
  it('lets each begin in turn, at each number of clients, each with its own address and customers', () => {
    const told = turns.map(({ trial: { detail, plan } }) => `${detail} ${plan.clients}`);
    const atOne = ['ours 1', 'theirs 1', 'theirs 1', 'ours 1', 'ours 1', 'theirs 1'];
    expect(told).toEqual([...atOne, ...atOne.map((turn) => turn.replace('1', '64'))]);
    for (const { trial } of turns) {
      const { detail: name, plan } = trial;
      expect(plan).toMatchObject({ loop: 'closed', urls: [`http://${name}`], requests: { tokens: [name] } });
    }
  });

  it('tells what the idle one needs beside the other, and that either has died', () => {
    const [first, second] = turns.map(({ shop }) => shop);
    expect([...(first?.programs() ?? [])]).toEqual([
      ['gateway', [10]],
      ['postgres', [1]],
      ['idle', [20]],
    ]);
    expect(second?.programs().get('idle')).toEqual([10]);
    expect(first?.deadServices()).toEqual(["ours's gateway", "theirs's gateway"]);
  });

  it('leaves a shop as it is where both are the same one', () => {
    const one = contender('ours', 10);
    const [first] = turnsOf([one, { ...one, name: 'otherwise' }], options);
    expect(first?.shop).toBe(one.shop);
  });
});

describe('compareTurns', () => {
  const rounds = [
    measurement('ours', 8, 300),
    measurement('theirs', 8, 100),
    measurement('theirs', 8, 200),
    measurement('ours', 8, 400),
    measurement('ours', 8, 100),
    measurement('theirs', 8, 100),
    measurement('ours', 64, 500),
    measurement('theirs', 64, 250),
  ];

  it('takes the ratio of each round, then the median, so that a slow minute counts for both', () => {
    expect(compareTurns(rounds, NAMES)).toMatchObject([
      {
        clients: 8,
        rounds: 3,
        ours: { perSecond: 300 },
        theirs: { perSecond: 100 },
        ratio: { median: 2, least: 1, most: 3 },
      },
      { clients: 64, rounds: 1, ratio: { median: 2, least: 2, most: 2 } },
    ]);
  });

  it('takes the middle between two where their number is even', () => {
    const [row] = compareTurns(rounds.slice(0, 4), NAMES);
    expect(row).toMatchObject({ ours: { perSecond: 350 }, ratio: { median: 2.5 } });
  });

  it('is told as a table', () => {
    const [head, row] = comparisonTable(compareTurns(rounds, NAMES), NAMES).split('\n');
    const names = 'clients, ours/s, p50 ms, p99 ms, theirs/s, p50 ms, p99 ms, ratio, least, most';
    expect(head?.split(/ {2,}/).join(', ')).toBe(names);
    expect(row?.trim().split(/ +/)).toEqual([
      '8',
      '300',
      '3.3',
      '6.7',
      '100',
      '10.0',
      '20.0',
      '2.00',
      '1.00',
      '3.00',
    ]);
  });
});
