import { csvOf, type Jangteo } from '../../src/index.js';
import { LIMIT, PERIOD, UsageError, type Command, type Given, type Report } from '../command.js';
import { said, tableOf, uniform, type Row } from '../table.js';
import { queryOf } from './kinds.js';

const WITHOUT_MONEY = "The ranking's own figures: money is known where the shop has statistics beside it.";
const MIXED = 'Rows of the ranking have no money: the statistics have not reached them yet.';

const WITHOUT_CATEGORIES =
  "The ranking's own figures, of all products: categories are known where the shop has statistics beside it.";

interface Sold {
  readonly source: string;
}

/** What is told: sales by the hour or day, or what of them the options name. */
const TOPS = ['products', 'categories'] as const;
type Matter = (typeof TOPS)[number] | 'periods';

function noteOn(rows: readonly Sold[], matter: Matter): string | undefined {
  const own = rows.filter(({ source }) => source === 'ranking').length;
  if (own === 0) return undefined;
  if (matter === 'categories') return WITHOUT_CATEGORIES;
  return own === rows.length ? WITHOUT_MONEY : MIXED;
}

/** Rows of the same names, for people, or for a spreadsheet where that is wanted. */
function reportOf(rows: readonly (Sold & Row)[], matter: Matter, isCsv: boolean): Report {
  const even = uniform(rows);
  const cells = even.map((row) => Object.values(row).map(said));
  const text = isCsv ? csvOf([Object.keys(even[0] ?? {}), ...cells]).trimEnd() : tableOf(even);
  return { json: rows, text, note: noteOn(rows, matter) };
}

/** What belongs to the hours or days alone, or to what sold most alone. */
const OF_PERIODS = ['by', 'productId'];
const OF_TOPS = ['limit'];

function matterOf(fields: Given['fields']): Matter {
  const [top, other] = TOPS.filter((name) => fields[name] === true);
  if (other !== undefined) throw new UsageError(`--${other} goes without --${top}`);
  const [wrong] = (top === undefined ? OF_TOPS : OF_PERIODS).filter((name) => fields[name] !== undefined);
  if (wrong === undefined) return top ?? 'periods';
  if (top === undefined) throw new UsageError(`--${wrong} goes with --products or --categories`);
  throw new UsageError(`--${wrong === 'productId' ? 'product' : wrong} goes without --${top}`);
}

function rowsOf(shop: Jangteo, matter: Matter, given: Given): Promise<readonly Sold[]> {
  if (matter === 'products') return shop.admin.productSales(queryOf<'readProductSales'>(given));
  if (matter === 'categories') return shop.admin.categorySales(queryOf<'readCategorySales'>(given));
  return shop.admin.sales(queryOf<'readSales'>(given));
}

export const SALES: Command = {
  name: 'sales',
  about: 'Shows what was sold, by hour or by day, by category, or the products that sold most.',
  options: {
    ...PERIOD,
    by: { value: '<hour or day>', about: 'how it is added up' },
    product: { value: '<product id>', field: 'productId', about: 'of one product' },
    products: { about: 'the products that sold most, by revenue where that is known' },
    categories: { about: 'by category, where that is known' },
    limit: { ...LIMIT.limit!, about: 'so many products (10) or categories (100) at most' },
    csv: { about: 'for a spreadsheet' },
  },
  run: async (shop, { names, fields: { csv, ...asked } }) => {
    const matter = matterOf(asked);
    const { products: _, categories: __, ...fields } = asked;
    const rows = await rowsOf(shop, matter, { names, fields });
    return reportOf(rows as unknown as readonly (Sold & Row)[], matter, csv === true);
  },
};
