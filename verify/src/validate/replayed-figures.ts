import type { Invariant } from '../report/invariants.js';
import {
  hourOf,
  HOURS,
  productId,
  PRODUCTS,
  secondsOf,
  SUMS,
  type RecordMaker,
} from '../traffic/record-maker.js';
import type { Counted } from './sales-figures.js';

type Sums = Readonly<Record<(typeof SUMS)[number], number>>;

const HOURS_AT_ONCE = 24;
/** So many say what is wrong. */
const PROBLEMS_MOST = 20;

const COLUMNS = SUMS.map((name) => `${name}::float8`).join(', ');
const HOUR = 'extract(epoch FROM hour)::float8 AS "hourS"';

/** Compares the job's sums with those of the records that were made. */
export async function replayedFigures(
  job: Pick<Counted, 'figures'>,
  maker: RecordMaker,
): Promise<Invariant[]> {
  const [products, hours, numbers] = [
    await productProblems(job, maker),
    await hourProblems(job, maker),
    await numberProblems(job, maker),
  ];
  return [
    {
      name: 'numbers',
      says: 'each record is counted, and none is set aside',
      problems: numbers,
      looked: `${maker.made} records`,
    },
    {
      name: 'products',
      says: 'units, revenue, discount, orders by hour and product',
      problems: products,
      looked: `${HOURS} hours of ${PRODUCTS} products`,
    },
    {
      name: 'hours',
      says: 'units, revenue, discount and cancelled orders by hour',
      problems: hours,
      looked: `${HOURS} hours`,
    },
  ];
}

/** What is counted and was not made so; what is missing is nothing. */
function difference(where: string, found: readonly number[] | undefined, made: readonly number[]): string[] {
  const [is, shouldBe] = [(found ?? made.map(() => 0)).join(' '), made.join(' ')];
  return is === shouldBe ? [] : [`${where}: ${is} is counted, and ${shouldBe} was made`];
}

async function productProblems(job: Pick<Counted, 'figures'>, maker: RecordMaker): Promise<string[]> {
  const problems: string[] = [];
  for (let from = 0; from < HOURS && problems.length < PROBLEMS_MOST; from += HOURS_AT_ONCE) {
    const rows = await job.figures<Sums & { readonly hourS: number; readonly productId: string }>(
      `SELECT ${HOUR}, product_id AS "productId", ${COLUMNS} FROM hourly_sales
       WHERE hour >= to_timestamp(${secondsOf(from)}) AND hour < to_timestamp(${secondsOf(from + HOURS_AT_ONCE)})`,
    );
    const found = new Map(
      rows.map((row) => [`${hourOf(row.hourS)} ${row.productId}`, SUMS.map((name) => row[name])]),
    );
    for (let hour = from; hour < from + HOURS_AT_ONCE; hour += 1) {
      for (let product = 0; product < PRODUCTS; product += 1) {
        const key = `${hour} ${productId(product)}`;
        problems.push(...difference(key, found.get(key), maker.sumsOf(hour, product)));
        found.delete(key);
      }
    }
    problems.push(...[...found.keys()].map((key) => `${key} was never sold`));
  }
  return problems;
}

async function hourProblems(job: Pick<Counted, 'figures'>, maker: RecordMaker): Promise<string[]> {
  const rows = await job.figures<Sums & { readonly hourS: number; readonly cancelled: number }>(
    `SELECT ${HOUR}, ${COLUMNS}, cancelled::float8 FROM hourly_totals`,
  );
  const found = new Map(rows.map((row) => [hourOf(row.hourS), row]));
  return Array.from({ length: HOURS }, (_, hour) => {
    const total = [0, 0, 0];
    for (let product = 0; product < PRODUCTS; product += 1) {
      for (const [index, sum] of maker.sumsOf(hour, product).slice(0, 3).entries()) total[index]! += sum;
    }
    const row = found.get(hour);
    const its = row && [row.units, row.revenue, row.discount, row.cancelled];
    return difference(`hour ${hour}`, its, [...total, maker.cancelled[hour]!]);
  }).flat();
}

async function numberProblems(job: Pick<Counted, 'figures'>, maker: RecordMaker): Promise<string[]> {
  const [progress] = await job.figures<{ counted: string; aside: number }>(
    'SELECT counted::text, (SELECT count(*)::float8 FROM set_aside) AS aside FROM progress',
  );
  const isAll = progress?.counted === `{[1,${maker.made + 1})}` && progress.aside === 0;
  return isAll ? [] : [`${progress?.counted.slice(0, 200)}, and ${progress?.aside} set aside`];
}
