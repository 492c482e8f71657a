import { writeFile } from 'node:fs/promises';
import { report, serverVersions, versionsLine } from '@jangteo/tools';
import { Dice } from '../dice.js';
import { DISK_FULL_TEST } from '../failpoint/nemeses/disks.js';
import { NEMESES } from '../failpoint/nemeses/index.js';
import type { Nemesis } from '../failpoint/nemesis.js';
import { Arena } from '../places/arena.js';
import { tryPlace } from '../places/place.js';
import { figuresOf, tableOf } from '../report/chaos-figures.js';
import { help, readChaosOptions, type ChaosOptions } from './chaos-options.js';
import { Run } from './chaos-run.js';
import type { Scenario } from './scenario.js';

/** Short enough that faults of seconds reach every deadline and every repeat. */
const QUICK = {
  HEARTBEAT_SECONDS: '3',
  PUBLISH_DEADLINE_MS: '5000',
};
const ENVIRONMENT = {
  gateway: QUICK,
  catalog: QUICK,
  coupon: QUICK,
  wallet: { ...QUICK, PAYMENT_RETRY_MS: '500', PAYMENT_RETRY_MS_MAX: '4000', SWEEP_INTERVAL_MS: '200' },
  order: {
    ...QUICK,
    ORDER_DEADLINE_MS: '20000',
    // A crowd is one customer here.
    CHARGES_PENDING_PER_USER_MAX: '1000',
    ORDERS_IN_FLIGHT_PER_USER_MAX: '1000',
    SAGA_RETRY_MS: '1000',
    SAGA_RETRY_MS_MAX: '4000',
    SWEEP_INTERVAL_MS: '200',
    DATA_PLATFORM_INTERVAL_MS: '100',
    DATA_PLATFORM_RETRY_MS_MAX: '2000',
  },
  ranking: { ...QUICK, RANKING_REFRESH_SECONDS: '1' },
};

/** Those that were asked for and can be done here; says which cannot. */
function nemesesFor({ only }: ChaosOptions): Nemesis[] {
  return NEMESES.filter(({ test, name, hindrance }) => {
    if (!only.includes(test)) return false;
    const problem = hindrance?.();
    if (problem !== undefined) report(`[${test}] ${name} is left out: ${problem}`);
    return problem === undefined;
  });
}

/** @returns whether every invariant held */
async function attack(arena: Arena, nemeses: readonly Nemesis[], options: ChaosOptions): Promise<boolean> {
  const { seed, minutes, clients, only, out } = options;
  const startedAt = new Date().toISOString();
  const servers = await serverVersions(arena.stack.infrastructure);
  console.log(versionsLine({ ...servers, Node: process.versions.node }));
  await arena.letIn(clients, new Dice(seed + 1));
  report(`Seed ${seed}: faults for ${minutes} minutes, ${clients} clients`);
  const outcome = await new Run(arena).go(seed, nemeses, minutes);
  arena.signal.throwIfAborted();
  await arena.load.log.close();
  const figures = figuresOf(outcome, arena);
  console.log(`\n${tableOf(figures)}\n`);
  const result = { ...options, startedAt, ...figures };
  if (out !== undefined) await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
  const again = `npm run chaos -- --seed ${seed} --minutes ${minutes} --clients ${clients} --only ${only.join()}`;
  console.log(figures.isHeld ? `Every invariant held (seed ${seed}).` : `BROKEN. The same again: ${again}`);
  return figures.isHeld;
}

export const chaos: Scenario = {
  help,
  async run(args, interruption) {
    const options = readChaosOptions(args);
    const nemeses = nemesesFor(options);
    const hasDisks = nemeses.some(({ test }) => test === DISK_FULL_TEST);
    return await tryPlace({
      prefix: 'chaos-',
      suffix: `-seed-${options.seed}`,
      interruption,
      open: (dir) => Arena.open({ dir, hasDisks, environment: ENVIRONMENT, signal: interruption }),
      work: (arena) => attack(arena, nemeses, options),
      isBad: (isHeld) => !isHeld,
    });
  },
};
