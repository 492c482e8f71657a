import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../program.js';
import { help, readBenchOptions } from './options.js';
import { ON_DEMAND, SCENARIO_NAMES } from './scenario-names.js';

describe('readBenchOptions', () => {
  it('measures everything that is not on demand, at five numbers of clients, unless told otherwise', () => {
    const options = readBenchOptions([]);
    expect(options.only).toEqual(SCENARIO_NAMES.filter((name) => !ON_DEMAND.includes(name)));
    expect(options.clients).toEqual([1, 16, 64, 128, 512]);
    expect(options).toMatchObject({
      seconds: 10,
      runInSeconds: 20,
      minutes: 10,
      storedOrders: 1_000_000,
      check: false,
    });
  });

  it('takes scenarios and clients in the order in which they are run, each once', () => {
    const options = readBenchOptions(['--only', 'race, orders', '--clients', '64,1,64']);
    expect(options.only).toEqual(['orders', 'race']);
    expect(options.clients).toEqual([1, 64]);
  });

  it('reads numbers, services and their replicas', () => {
    const args = ['--rate', '500', '--warm-up', '0', '--profile', 'order,gateway', '--replicas', 'order=2'];
    expect(readBenchOptions(args)).toMatchObject({
      ratePerSecond: 500,
      warmUpSeconds: 0,
      profile: ['order', 'gateway'],
      replicas: { order: 2 },
    });
  });

  it('compares orders alone with a peer, in five rounds unless told otherwise', () => {
    expect(readBenchOptions(['--peer', 'stock-nest'])).toMatchObject({
      peer: 'stock-nest',
      only: ['orders'],
      rounds: 5,
    });
  });

  it('compares orders alone with streams open and with none', () => {
    expect(readBenchOptions(['--streams', '1000', '--replicas', 'gateway=2'])).toMatchObject({
      streams: 1_000,
      only: ['orders'],
      replicas: { gateway: 2 },
    });
    expect(readBenchOptions([]).streams).toBeUndefined();
  });

  it.each([
    [['--only', 'order'], '--only does not know "order"'],
    [['--clients', '0'], '--clients takes a whole number from 1'],
    [['--clients', '1,,2'], '--clients'],
    [['--run-in', 'x'], '--run-in takes a number from 0 to'],
    [['--seconds', 'x'], '--seconds takes a number from 0.5'],
    [['--orders', '1.5'], '--orders takes a whole number'],
    [['--replicas', 'order'], '--replicas takes a whole number from 1 to 16, not ""'],
    [['--replicas', 'bank=2'], '--replicas does not know "bank"'],
    [['--profile', ''], '--profile does not know ""'],
    [['--peer', 'other'], '--peer does not know "other"; it knows stock-nest'],
    [['--peer', 'stock-nest', '--rate', '5'], '--rate measures one shop alone'],
    [['--peer', 'stock-nest', '--check'], '--check measures one shop alone'],
    [['--peer', 'stock-nest', '--only', 'hot'], '--peer compares the scenario orders, not "hot"'],
    [['--peer', 'stock-nest', '--rounds', '0'], '--rounds takes a whole number from 1'],
    [['--peer', 'stock-nest', '--streams', '5'], '--streams measures one shop alone'],
    [['--streams', '5', '--check'], '--check measures one shop alone'],
    [['--streams', '5', '--only', 'hot'], '--streams compares the scenario orders, not "hot"'],
    [['--streams', '1'], '--streams takes a whole number from 2'],
    [['--bogus'], '--bogus'],
    [['orders'], 'orders'],
  ])('refuses %j and says why', (args, reason) => {
    expect(() => readBenchOptions(args)).toThrow(UsageError);
    expect(() => readBenchOptions(args)).toThrow(reason);
  });

  it('names every scenario in its help', () => {
    for (const name of SCENARIO_NAMES) expect(help).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
