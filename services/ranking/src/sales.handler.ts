import { Inject, Injectable } from '@nestjs/common';
import {
  BusyFailure,
  done,
  HOUR_MS,
  refuseField,
  SALES_ROWS_MAX,
  type OutcomeOf,
  type PayloadOf,
  type readCategorySales,
  type readProductSales,
  type readSales,
  type SalesRow,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { CONFIG } from '@jangteo/service';
import { ordersOf, stepsOf, unitsOf, type SaleEvent } from './domain/sales.js';
import { isCurrent, salesOfBoth } from './domain/statistics.js';
import type { RankingConfig } from './ranking.config.js';
import {
  addOrders,
  addUnits,
  insertNewSteps,
  markChanged,
  readProductsRanked,
  readProductsSold,
  readSalesBy,
  readUnitsSold,
  type SoldProduct,
  type TopOfRange,
} from './sales.queries.js';
import { Statistics } from './statistics.js';
import { readStatistics, readTopCategories, readTopProducts, type ReadTop } from './statistics.queries.js';

/** All that was sold in a month may be many rows: nobody waits for them for longer. */
const PRODUCTS_DEADLINE_MS = 3_000;

const TOO_MUCH = refuseField('from', 'must be later: more was sold since then than can be added up at once');

const NOTHING_OF_PRODUCT = { units: 0, orders: 0, revenue: 0 };
const NOTHING_SOLD = { ...NOTHING_OF_PRODUCT, discount: 0, cancelled: 0 };

/** Counts what was sold, from what the order service tells. */
@Injectable()
export class SalesHandler {
  constructor(
    private readonly database: Database,
    private readonly statistics: Statistics,
    @Inject(CONFIG) private readonly config: Pick<RankingConfig, 'HOURLY_SALES_DAYS'>,
  ) {}

  /** Counts a batch of events in one transaction; those that were counted before change nothing. */
  async count(events: readonly SaleEvent[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      const newSteps = await insertNewSteps(tx, stepsOf(events));
      if (newSteps.length === 0) return;
      await addUnits(tx, unitsOf(events, newSteps), this.config.HOURLY_SALES_DAYS);
      await addOrders(tx, ordersOf(events, newSteps));
      await markChanged(tx);
    });
  }

  /** Reads what was sold, as far as it is kept, and of the statistics what these know better. */
  async read(wanted: PayloadOf<typeof readSales>): Promise<OutcomeOf<typeof readSales>> {
    const { period, productId } = wanted;
    const [rows, told] = await Promise.all([
      readSalesBy(this.database, wanted, this.config.HOURLY_SALES_DAYS, SALES_ROWS_MAX[period]),
      this.statistics.read('sales', (database) => readStatistics(database, wanted)),
    ]);
    const own = rows.map(({ at, units, orders }): SalesRow => ({
      at: at.toISOString(),
      units,
      ...(orders === null ? {} : { orders }),
      source: 'ranking',
    }));
    if (told === undefined) return done({ sales: own });
    const nothing = productId === undefined ? NOTHING_SOLD : NOTHING_OF_PRODUCT;
    const moment = { progress: told.progress, period, nowMs: Date.now() };
    return done({ sales: salesOfBoth(own, told.rows, nothing, moment) });
  }

  /**
   * Reads what sold most: of the statistics where they answer and have all of it, else of the ranking.
   *
   * @param patienceMs how long the answer is waited for
   */
  async readProducts(
    wanted: PayloadOf<typeof readProductSales>,
    patienceMs = Infinity,
  ): Promise<OutcomeOf<typeof readProductSales>> {
    const top = await this.#topOfStatistics('products', readTopProducts, wanted);
    if (top !== undefined) {
      return done({
        products: top.map(({ key, name, category, units, orders, revenue }) => ({
          productId: key,
          name,
          ...(category === null ? {} : { category }),
          units,
          orders,
          revenue,
          source: 'statistics',
        })),
      });
    }
    const products =
      (await readProductsRanked(this.database, wanted)) ?? (await this.#addedUp(wanted, patienceMs));
    if (products === undefined) return TOO_MUCH;
    return done({
      products: products.map(({ productId, units, orders }) => ({
        productId,
        units,
        ...(orders === null ? {} : { orders }),
        source: 'ranking',
      })),
    });
  }

  /** @returns undefined for more than can be added up in the time for it */
  async #addedUp(wanted: TopOfRange, patienceMs: number): Promise<SoldProduct[] | undefined> {
    // A statement is given whole milliseconds.
    const untilMs = performance.now() + PRODUCTS_DEADLINE_MS - 1;
    const deadlineMs = Math.min(PRODUCTS_DEADLINE_MS, patienceMs);
    try {
      return await this.database.snapshot(deadlineMs, (tx) => readProductsSold(tx, wanted));
    } catch (error) {
      if (error instanceof BusyFailure && performance.now() >= untilMs) return undefined;
      throw error;
    }
  }

  /** Reads what was sold by category, of the statistics as products are; the ranking knows the units of all together. */
  async readCategories(
    wanted: PayloadOf<typeof readCategorySales>,
  ): Promise<OutcomeOf<typeof readCategorySales>> {
    const top = await this.#topOfStatistics('categories', readTopCategories, wanted);
    if (top !== undefined) {
      return done({
        categories: top.map(({ key, units, revenue }) => ({
          ...(key === '' ? {} : { category: key }),
          units,
          revenue,
          source: 'statistics',
        })),
      });
    }
    const units = await readUnitsSold(this.database, wanted.from, wanted.to);
    return done({ categories: units > 0 ? [{ units, source: 'ranking' }] : [] });
  }

  /**
   * What the statistics have, unless they lack more than the last minutes and have less than the ranking, of the time of
   * which this keeps its figures.
   */
  async #topOfStatistics<Row>(
    matter: 'products' | 'categories',
    readTop: ReadTop<Row>,
    wanted: TopOfRange,
  ): Promise<readonly Row[] | undefined> {
    const nowMs = Date.now();
    const [fromMs, toMs] = [Date.parse(wanted.from), Date.parse(wanted.to)];
    const keptFromMs = Math.floor(nowMs / HOUR_MS - 24 * this.config.HOURLY_SALES_DAYS) * HOUR_MS;
    const keptFrom = new Date(Math.max(fromMs, keptFromMs)).toISOString();
    const told = await this.statistics.read(matter, (database) => readTop(database, wanted, keptFrom));
    if (told === undefined || isCurrent(told.progress, fromMs, Math.min(toMs, nowMs))) return told?.rows;
    return told.unitsOfAll >= (await readUnitsSold(this.database, keptFrom, wanted.to))
      ? told.rows
      : undefined;
  }
}
