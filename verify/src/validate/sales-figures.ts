import { isDeepStrictEqual } from 'node:util';
import { eventually } from '@jangteo/testkit';
import type { Accounts } from '@jangteo/testkit';
import { makeCustomers, shopAs, type OpenShop } from '@jangteo/tools';
import type { Invariant } from '../report/invariants.js';

/** A dead leader's lease, a Java's start, a busy machine. */
const PATIENCE = { deadlineMs: 240_000, everyMs: 500 };

/** What reads the order service's books and the job's figures. */
export interface Counted {
  readonly stack: Pick<Accounts, 'sql'>;
  figures<R extends object>(text: string): Promise<R[]>;
}

const HOUR = `to_char(date_trunc('hour', completed_at, 'UTC') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')`;

/** Each product's share of discounts by largest remainders, in numbers without a bound. */
const SOLD = `
  WITH lines AS (
    SELECT order_id, ${HOUR} AS hour, line_no, product_id, quantity, discount, price::numeric * quantity AS amount,
      greatest(1, sum(price::numeric * quantity) OVER (PARTITION BY order_id)) AS total
    FROM orders JOIN order_items USING (order_id) WHERE status = 'SUCCESS'
  ), shared AS (
    SELECT *, div(discount * amount, total) AS share,
      row_number() OVER (PARTITION BY order_id ORDER BY mod(discount * amount, total) DESC, line_no) AS place
    FROM lines
  ), given AS (
    SELECT *, share + (place <= discount - sum(share) OVER (PARTITION BY order_id))::int AS given FROM shared
  )
  SELECT hour || ' ' || product_id AS key, sum(quantity)::text AS units, sum(amount)::text AS revenue,
    sum(given)::text AS discount, count(DISTINCT order_id)::text AS orders FROM given GROUP BY hour, product_id`;

const SALES = `
  SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') || ' ' || product_id AS key,
    units::text, revenue::text, discount::text, orders::text
  FROM hourly_sales WHERE (units, revenue, discount, orders) <> (0, 0, 0, 0)`;

const ORDERED = `
  SELECT ${HOUR} AS key,
    coalesce(sum(units) FILTER (WHERE status = 'SUCCESS'), 0)::text AS units,
    coalesce(sum(subtotal) FILTER (WHERE status = 'SUCCESS'), 0)::text AS revenue,
    coalesce(sum(discount) FILTER (WHERE status = 'SUCCESS'), 0)::text AS discount,
    count(*) FILTER (WHERE status = 'SUCCESS')::text AS orders,
    count(*) FILTER (WHERE status = 'CANCELLED')::text AS cancelled
  FROM orders JOIN LATERAL (
    SELECT sum(quantity) AS units FROM order_items WHERE order_items.order_id = orders.order_id) AS items ON true
  WHERE status IN ('SUCCESS', 'CANCELLED') GROUP BY 1`;

const TOTALS = `
  SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') AS key,
    units::text, revenue::text, discount::text, orders::text, cancelled::text FROM hourly_totals`;

const NUMBERED = `
  SELECT 'orders' AS key, '{[1,' || numbered_seq + 1 || ')}' AS counted, (
    SELECT to_char(max(CASE type WHEN 'order.cancelled' THEN cancelled_at ELSE completed_at END) AT TIME ZONE 'UTC',
      'YYYY-MM-DD HH24:MI:SS.MS') FROM platform_records JOIN orders USING (order_id)) AS "lastOccurredAt"
  FROM platform_relay WHERE NOT EXISTS (SELECT FROM platform_entries)`;

const PROGRESS = `
  SELECT topic AS key, counted::text,
    to_char(last_occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS "lastOccurredAt" FROM progress`;

type Row = Readonly<Record<string, string>> & { readonly key: string };

/** Rows that one has and the other has not, or otherwise. */
export function differences(wanted: readonly Row[], found: readonly Row[]): string[] {
  const [one, other] = [wanted, found].map((rows) => new Map(rows.map((row) => [row.key, row]))) as [
    Map<string, Row>,
    Map<string, Row>,
  ];
  const keys = [...new Set([...one.keys(), ...other.keys()])].toSorted();
  return keys.flatMap((key) => {
    const [ours, its] = [one.get(key), other.get(key)];
    if (isDeepStrictEqual(ours, its)) return [];
    return [
      `${JSON.stringify(its) ?? 'nothing'} is counted, and the shop has ${JSON.stringify(ours) ?? 'nothing'}`,
    ];
  });
}

/** Compares once every record is counted, or will not be. */
async function compared(
  stack: Counted['stack'],
  [name, says]: readonly [string, string],
  [ours, its]: readonly [string, () => Promise<readonly Row[]>],
): Promise<Invariant> {
  let problems: string[] = [];
  let looked = 0;
  const isSame = async (): Promise<boolean> => {
    const wanted = await stack.sql<Row>('order', ours);
    looked = wanted.length;
    problems = differences(wanted, await its());
    if (looked === 0) problems.push('the shop has nothing that could be compared');
    return problems.length === 0;
  };
  await eventually(isSame, PATIENCE).catch((error: unknown) => {
    if (problems.length === 0) problems.push(String(error));
  });
  return { name, says, problems, looked: `${looked} rows` };
}

/** Whether the figures are the shop's own, each of them. @param poisons reasons of all that was to be set aside */
export async function validateStatistics(shop: Counted, poisons: readonly string[]): Promise<Invariant[]> {
  const compare = (told: readonly [string, string], ours: string, its: string): Promise<Invariant> =>
    compared(shop.stack, told, [ours, () => shop.figures<Row>(its)]);
  const invariants = [
    await compare(['numbers', 'each record is counted, and no other'], NUMBERED, PROGRESS),
    await compare(['products', 'units, revenue, discount, orders by hour and product'], SOLD, SALES),
    await compare(['hours', 'the same and cancelled orders by hour'], ORDERED, TOTALS),
  ];
  const aside = await shop.figures<{ reason: string }>('SELECT reason FROM set_aside');
  const reasons = aside.map(({ reason }) => reason).toSorted();
  const isSame = isDeepStrictEqual(reasons, poisons.toSorted());
  invariants.push({
    name: 'poison',
    says: 'what is no record is set aside with its reason, and nothing else',
    problems: isSame ? [] : [`set aside: ${reasons.join('; ')}. Not: ${poisons.join('; ')}`],
    looked: `${poisons.length} records`,
  });
  return invariants;
}

/** Whether the shop shows the statistics' figures of each hour, and these are its own. */
export async function shownSales(shop: OpenShop & Counted['stack']): Promise<Invariant> {
  const [admin] = await makeCustomers(shop, 1, 'admin');
  const client = shopAs(shop.urls[0] ?? '', admin?.token ?? '');
  const shown = async (): Promise<Row[]> =>
    (await client.admin.sales({ by: 'hour' }))
      .filter(({ units, orders, cancelled }) => units + (orders ?? 0) + (cancelled ?? 0) > 0)
      .map(({ at, source, ...figures }) => ({
        key: at.slice(0, 13).replace('T', ' '),
        // What the ranking shows is told from what the statistics have by this too.
        ...(source === 'statistics' ? {} : { source }),
        ...Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, String(figure)])),
      }));
  const says = "GET /admin/sales has the statistics' figures of each hour, which are the books'";
  return await compared(shop, ['shown', says], [ORDERED, shown]);
}
