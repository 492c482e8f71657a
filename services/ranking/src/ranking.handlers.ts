import {
  done,
  orderCancelled,
  orderCompleted,
  readCategorySales,
  readProductSales,
  readSales,
  readTopProducts,
} from '@jangteo/contracts';
import { answerEach, hear, leftMs, type Handler } from '@jangteo/messaging';
import { findHandler, operationHandler, orderRowsHandler, read } from '@jangteo/service';
import { readRankings, type Ranking } from './ranking.queries.js';
import { SalesHandler } from './sales.handler.js';
import { COUNT_OF_EVENT, readCountedOf } from './sales.queries.js';

/** Each takes seconds where much was sold: in a batch the last ones would be late for sure. */
const HEAVY = { batchSizeMax: 1 };

/** Events that the ranking hears, and the requests that it answers. */
export const rankingHandlers: readonly Handler[] = [
  hear([orderCompleted, orderCancelled], SalesHandler, (sales, batch) => sales.count(batch)),
  answerEach(readSales, SalesHandler, (sales, payload) => sales.read(payload)),
  answerEach(
    readProductSales,
    SalesHandler,
    (sales, payload, delivery) => sales.readProducts(payload, leftMs(delivery)),
    HEAVY,
  ),
  answerEach(readCategorySales, SalesHandler, (sales, payload) => sales.readCategories(payload), HEAVY),
  orderRowsHandler('ranking', readCountedOf),
  operationHandler('ranking', COUNT_OF_EVENT),
  findHandler('ranking', { hasOutcomes: false }),
  read(readTopProducts, async (payloads, database) => {
    const windows = payloads.map(({ days }) => days);
    const rankings = await readRankings(database, windows);
    const rankingOf = new Map(rankings.map((ranking) => [ranking.days, ranking]));
    return payloads.map(({ days, limit, skip = 0 }) => {
      const ranking = rankingOf.get(days);
      if (ranking === undefined) throw new Error(`the ranking of ${days} days is missing`);
      return done({
        calculatedAt: ranking.calculatedAt.toISOString(),
        products: placesOf(ranking, skip, skip + limit),
      });
    });
  }),
];

function placesOf({ productIds, units }: Ranking, from: number, to: number) {
  return productIds
    .map((productId, place) => ({ productId, totalSales: units[place] as number }))
    .slice(from, to);
}
