import { testDatabase, withClient, type TestDatabase } from './test-database.js';

/** As the job of docs/data-platform.md makes them, as far as the shop reads them. */
const TABLES = `
  CREATE TABLE hourly_sales (
    hour timestamptz NOT NULL, product_id uuid NOT NULL, name text NOT NULL, category text NOT NULL DEFAULT '',
    units bigint NOT NULL, revenue bigint NOT NULL, discount bigint NOT NULL, orders bigint NOT NULL,
    PRIMARY KEY (hour, product_id));
  CREATE TABLE hourly_totals (
    hour timestamptz PRIMARY KEY, units bigint NOT NULL, revenue bigint NOT NULL, discount bigint NOT NULL,
    orders bigint NOT NULL, cancelled bigint NOT NULL);
  CREATE TABLE progress (
    topic text PRIMARY KEY, counted int8multirange NOT NULL, last_occurred_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now())`;

/** What was sold of a product in an hour, as the job has counted it; an order has one product. */
export interface Counted {
  readonly hour: Date;
  readonly productId: string;
  readonly name: string;
  readonly category?: string;
  readonly units: number;
  readonly revenue: number;
  readonly discount?: number;
  readonly cancelled?: number;
}

/** A database of statistics, as a job beside the shop keeps it. */
export interface StatisticsDatabase extends Pick<TestDatabase, 'url' | 'drop'> {
  /** Counts sales; each product and hour may be named once. */
  count(...sales: readonly Counted[]): Promise<void>;
  /** Says which records are counted, and when the last of them happened, which is when it was counted too. */
  reach(lastOccurredAt: Date, counted?: string): Promise<void>;
  run(text: string): Promise<void>;
}

/** Makes a database of statistics in which nothing is counted yet. */
export async function statisticsDatabase(): Promise<StatisticsDatabase> {
  const { url, drop } = await testDatabase('statistics');
  const run = (text: string, values: unknown[] = []): Promise<void> =>
    withClient(url, async (client) => void (await client.query(text, values)));
  await run(TABLES);
  return {
    url,
    drop,
    run: (text) => run(text),
    async count(...sales) {
      for (const sale of sales) {
        const { hour, productId, name, category = '', units, revenue, discount = 0, cancelled = 0 } = sale;
        await run(
          `WITH of_product AS (INSERT INTO hourly_sales VALUES ($1, $2, $3, $8, $4, $5, $6, 1))
           INSERT INTO hourly_totals AS total VALUES ($1, $4, $5, $6, 1, $7)
           ON CONFLICT (hour) DO UPDATE SET units = total.units + excluded.units,
             revenue = total.revenue + excluded.revenue, discount = total.discount + excluded.discount,
             orders = total.orders + 1, cancelled = total.cancelled + excluded.cancelled`,
          [hour, productId, name, units, revenue, discount, cancelled, category],
        );
      }
    },
    reach: (lastOccurredAt, counted = '{[1,100)}') =>
      run(
        `INSERT INTO progress VALUES ('orders', $1, $2, $2)
         ON CONFLICT (topic) DO UPDATE SET counted = $1, last_occurred_at = $2, updated_at = $2`,
        [counted, lastOccurredAt],
      ),
  };
}
