import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DAY_MS, orderCancelled, orderCompleted } from '@jangteo/contracts';
import { Database, databaseEnv, migrate } from '@jangteo/database';
import { readConfig, Retention } from '@jangteo/service';
import { patientDatabase, testDatabase, type TestDatabase } from '@jangteo/testkit';
import type { SaleEvent } from '../src/domain/sales.js';
import { migrations } from '../src/migrations/index.js';
import { oldSales } from '../src/ranking.module.js';
import { SalesHandler } from '../src/sales.handler.js';
import { Statistics } from '../src/statistics.js';

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase('ranking');
  await migrate(scratch.url, migrations);
  database = new Database(readConfig(databaseEnv, patientDatabase(scratch.url)));
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await scratch.drop();
});

function orderOf(daysAgo: number): SaleEvent['payload'] {
  const productId = randomUUIDv7();
  const item = { productId, optionId: productId, name: 'Tea cup', price: 1, quantity: 2 };
  const completedAt = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
  return { orderId: randomUUIDv7(), userId: productId, items: [item], totalPrice: 1, completedAt };
}

const completed = (payload: SaleEvent['payload']): SaleEvent => ({ type: orderCompleted.type, payload });
const cancelled = (payload: SaleEvent['payload']): SaleEvent => ({
  type: orderCancelled.type,
  payload: { ...payload, cancelledAt: new Date().toISOString() },
});

interface Figures {
  product_id: string;
  sold: number;
  cancelled: number;
}

it('removes the figures of hours that are kept no longer, and counts no event for them', async () => {
  const [recent, old] = [orderOf(34), orderOf(36)];
  const patient = new SalesHandler(database, new Statistics(undefined), { HOURLY_SALES_DAYS: 100 });
  await patient.count([completed(recent), completed(old)]);
  const productOf = ({ items }: SaleEvent['payload']) => items[0]?.productId;
  const figures = () => database.rows<Figures>('SELECT product_id, sold, cancelled FROM hourly_sales');
  expect(await figures()).toHaveLength(2);

  const config = { HOURLY_SALES_DAYS: 35, RETENTION_INTERVAL_MS: 60_000, RETENTION_BATCH_MAX: 100 };
  await new Retention(database, oldSales(config), config).forgetAll();
  expect(await figures()).toEqual([{ product_id: productOf(recent), sold: 2, cancelled: 0 }]);

  // Neither its repetition nor its cancellation brings it back, which would be cancelled without being sold.
  const sales = new SalesHandler(database, new Statistics(undefined), config);
  await sales.count([completed(old), cancelled(old), completed(orderOf(36)), cancelled(recent)]);
  expect(await figures()).toEqual([{ product_id: productOf(recent), sold: 2, cancelled: 2 }]);
});
