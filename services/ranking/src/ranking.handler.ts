import { Injectable } from '@nestjs/common';
import { readTopProducts } from '@jangteo/contracts';
import { Database, type Statements } from '@jangteo/database';
import { failpoint } from '@jangteo/messaging';
import { hourOf } from './domain/sales.js';
import { hourToShow, nextStep, spareStep, type Step } from './domain/tallying.js';
import { readClock, showRankings, tryCalculationLock } from './ranking.queries.js';
import {
  addSales,
  beginTally,
  placeProducts,
  readTallies,
  removeTally,
  sumProducts,
} from './tally.queries.js';

/** The result of a refresh: BUSY means that another replica was at it, UNFINISHED that it was told to end. */
export type Refresh = 'CALCULATED' | 'UNCHANGED' | 'BUSY' | 'UNFINISHED';

/** One transaction takes in no more than these. */
const CHANGES_A_STEP = 10_000;

/** A transaction that has worked for so long takes no other step: a shop with few products needs one for all. */
const WORK_MS = 100;

/** So much is done ahead with each refresh: enough for 100,000 products within some minutes of an hour. */
const SPARE_STEPS = 2;

/** Keeps the rankings up to date: figures of the hourly sales, read without looking at those. */
@Injectable()
export class RankingHandler {
  constructor(private readonly database: Database) {}

  /**
   * Brings the rankings up to date, in short transactions: whoever dies between two of them leaves the old
   * rankings, and the work to the next refresh.
   *
   * @param at the time, in place of the database's clock
   * @param isStopping asked between two transactions
   * @param workMs after this a transaction begins no other step
   */
  async refresh({ at, isStopping = () => false, workMs = WORK_MS }: RefreshOptions = {}): Promise<Refresh> {
    let refresh = await this.#work(at, workMs);
    while (refresh === 'UNFINISHED' && !isStopping()) refresh = await this.#work(at, workMs);
    if (refresh === 'CALCULATED') failpoint('ranking.committed', [readTopProducts]);
    if (refresh === 'BUSY' || refresh === 'UNFINISHED') return refresh;
    for (let steps = 0; steps < SPARE_STEPS && !isStopping(); steps += 1) await this.#workAhead(at);
    return refresh;
  }

  async #work(at: Date | undefined, workMs: number): Promise<Refresh> {
    const untilMs = performance.now() + workMs;
    return await this.database.transaction(async (tx): Promise<Refresh> => {
      if (!(await tryCalculationLock(tx))) return 'BUSY';
      const { now, shownHour } = await this.#clock(tx, at);
      const hour = hourToShow(hourOf(now), shownHour);
      do {
        if ((await addSales(tx, CHANGES_A_STEP)) === CHANGES_A_STEP) continue;
        const step = nextStep({ hour, tallies: await readTallies(tx) });
        if (step === undefined) return await show(tx, hour, now);
        await take(tx, step);
      } while (performance.now() < untilMs);
      return 'UNFINISHED';
    });
  }

  async #workAhead(at: Date | undefined): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await tryCalculationLock(tx))) return;
      const { now, shownHour } = await this.#clock(tx, at);
      const hour = hourToShow(hourOf(now), shownHour);
      const step = spareStep({ hour, tallies: await readTallies(tx) });
      if (step !== undefined) await take(tx, step);
    });
  }

  async #clock(tx: Statements, at: Date | undefined): ReturnType<typeof readClock> {
    const clock = await readClock(tx);
    return { ...clock, now: at ?? clock.now };
  }
}

interface RefreshOptions {
  readonly at?: Date;
  readonly isStopping?: () => boolean;
  readonly workMs?: number;
}

async function show(tx: Statements, hour: Date, now: Date): Promise<Refresh> {
  if (!(await showRankings(tx, hour, now))) return 'UNCHANGED';
  failpoint('ranking.calculated', [readTopProducts]);
  return 'CALCULATED';
}

async function take(tx: Statements, step: Step): Promise<void> {
  switch (step.kind) {
    case 'BEGIN':
      return await beginTally(tx, step.hour, step.baseHour);
    case 'SUM':
      return await sumProducts(tx, step.tally);
    case 'PLACE':
      return await placeProducts(tx, step.tally, step.days);
    case 'REMOVE':
      return await removeTally(tx, step.tally);
  }
}
