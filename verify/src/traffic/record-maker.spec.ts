import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectRoot } from '@jangteo/infra';
import { Dice } from '../dice.js';
import { replayedFigures } from '../validate/replayed-figures.js';
import { HOURS, PRODUCTS, productId, RecordMaker, secondsOf } from './record-maker.js';

const COUNT = 3_000;

interface Made {
  readonly sequence: number;
  readonly type: string;
  readonly orderId: string;
  readonly items: readonly { readonly price: number; readonly quantity: number }[];
  readonly discount: number;
}

function made(): { maker: RecordMaker; records: Made[] } {
  const maker = new RecordMaker(COUNT, new Dice(1));
  const records = Array.from({ length: COUNT }, () => {
    const { key, value } = maker.next();
    const record = JSON.parse(value) as Made;
    expect(key).toBe(record.orderId);
    return record;
  });
  return { maker, records };
}

/** The job's tables, had it counted what was made. */
function tablesOf(maker: RecordMaker) {
  const sales: object[] = [];
  const totals = Array.from({ length: HOURS }, (_, hour) => {
    const total = { hourS: secondsOf(hour), units: 0, revenue: 0, discount: 0, orders: 0 };
    for (let product = 0; product < PRODUCTS; product += 1) {
      const [units = 0, revenue = 0, discount = 0, orders = 0] = maker.sumsOf(hour, product);
      if (units === 0) continue;
      sales.push({ hourS: total.hourS, productId: productId(product), units, revenue, discount, orders });
      total.units += units;
      total.revenue += revenue;
      total.discount += discount;
    }
    return { ...total, cancelled: maker.cancelled[hour] };
  });
  return { sales, totals, progress: [{ counted: `{[1,${COUNT + 1})}`, aside: 0 }] };
}

async function problemsOf(maker: RecordMaker, tables: ReturnType<typeof tablesOf>): Promise<string[]> {
  const figures = async <R>(text: string): Promise<R[]> => {
    if (/FROM progress/.test(text)) return tables.progress as R[];
    if (/FROM hourly_totals/.test(text)) return tables.totals as R[];
    const [, from, to] = /to_timestamp\((\d+)\).*to_timestamp\((\d+)\)/.exec(text)!.map(Number);
    return tables.sales.filter((row) => {
      const { hourS } = row as { hourS: number };
      return hourS >= from! && hourS < to!;
    }) as R[];
  };
  return (await replayedFigures({ figures }, maker)).flatMap(({ problems }) => problems);
}

describe('R39: records that are made for a replay', () => {
  it('are as the schema says, numbered without a gap, and some are cancelled', () => {
    const schema = readFileSync(join(projectRoot(), 'docs', 'record.schema.json'), 'utf8');
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      JSON.parse(schema) as object,
    );
    const { records } = made();
    for (const [index, record] of records.entries()) {
      expect({ isValid: validate(record), errors: validate.errors }).toEqual({ isValid: true, errors: null });
      expect(record.sequence).toBe(index + 1);
    }
    const sold = new Set<string>();
    let cancelled = 0;
    for (const { type, orderId } of records) {
      if (type === 'order.completed') sold.add(orderId);
      else cancelled += Number(sold.delete(orderId));
    }
    expect(cancelled).toBeGreaterThan(COUNT / 100);
    expect(sold.size).toBe(COUNT - 2 * cancelled);
  });

  it('come to what is reckoned', () => {
    const { maker, records } = made();
    const wanted = [0, 0, 0];
    for (const { type, items, discount } of records) {
      const sign = type === 'order.completed' ? 1 : -1;
      for (const { price, quantity } of items) {
        wanted[0]! += sign * quantity;
        wanted[1]! += sign * quantity * price;
      }
      wanted[2]! += sign * discount;
    }
    const { totals } = tablesOf(maker);
    const sumOf = (name: 'units' | 'revenue' | 'discount'): number =>
      totals.reduce((sum, row) => sum + row[name], 0);
    expect([sumOf('units'), sumOf('revenue'), sumOf('discount')]).toEqual(wanted);
  });

  it('are missed, row by row, where something else is counted', async () => {
    const { maker } = made();
    const tables = tablesOf(maker);
    expect(await problemsOf(maker, tables)).toEqual([]);
    const [first, ...sales] = tables.sales;
    const [hour, ...totals] = tables.totals;
    const progress = [{ counted: '{[1,3)}', aside: 0 }];
    for (const wrong of [
      { ...tables, sales },
      { ...tables, sales: [{ ...first, units: 0 }, ...sales] },
      { ...tables, sales: [{ ...first, productId: 'another' }, ...tables.sales] },
      { ...tables, totals: [{ ...hour!, cancelled: -1 }, ...totals] },
      { ...tables, progress },
    ]) {
      expect(await problemsOf(maker, wrong)).toHaveLength(1);
    }
  });
});
