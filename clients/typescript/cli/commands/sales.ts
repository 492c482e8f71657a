import { csvOf } from '../../src/index.js';
import { LIMIT, PERIOD, UsageError, type Command, type Given, type Report } from '../command.js';
import { said, tableOf, uniform, type Row } from '../table.js';
import { queryOf } from './kinds.js';

const WITHOUT_MONEY = "The ranking's own figures: money is known where the shop has statistics beside it.";
const MIXED = 'Rows of the ranking have no money: the statistics have not reached them yet.';

interface Sold {
  readonly source: string;
}

function noteOn(rows: readonly Sold[]): string | undefined {
  const own = rows.filter(({ source }) => source === 'ranking').length;
  if (own === 0) return undefined;
  return own === rows.length ? WITHOUT_MONEY : MIXED;
}

/** Rows of the same names, for people, or for a spreadsheet where that is wanted. */
function reportOf(rows: readonly (Sold & Row)[], isCsv: boolean): Report {
  const even = uniform(rows);
  const cells = even.map((row) => Object.values(row).map(said));
  const text = isCsv ? csvOf([Object.keys(even[0] ?? {}), ...cells]).trimEnd() : tableOf(even);
  return { json: rows, text, note: noteOn(rows) };
}

/** What belongs to the hours or days alone, or to the products alone. */
const OF_PERIODS = ['by', 'productId'];
const OF_PRODUCTS = ['limit'];

function checkFields({ fields }: Given, isOfProducts: boolean): void {
  const [wrong] = (isOfProducts ? OF_PERIODS : OF_PRODUCTS).filter((name) => fields[name] !== undefined);
  if (wrong === undefined) return;
  const option = wrong === 'productId' ? 'product' : wrong;
  throw new UsageError(`--${option} goes ${isOfProducts ? 'without' : 'with'} --products`);
}

export const SALES: Command = {
  name: 'sales',
  about: 'Shows what was sold, by hour or by day, or the products that sold most.',
  options: {
    ...PERIOD,
    by: { value: '<hour or day>', about: 'how it is added up' },
    product: { value: '<product id>', field: 'productId', about: 'of one product' },
    products: { about: 'the products that sold most, by revenue where that is known' },
    limit: { ...LIMIT.limit!, about: 'so many products at most (10)' },
    csv: { about: 'for a spreadsheet' },
  },
  run: async (shop, { names, fields: { products, csv, ...fields } }) => {
    const given = { names, fields };
    const isOfProducts = products === true;
    checkFields(given, isOfProducts);
    const rows = isOfProducts
      ? await shop.admin.productSales(queryOf<'readProductSales'>(given))
      : await shop.admin.sales(queryOf<'readSales'>(given));
    return reportOf(rows as unknown as readonly (Sold & Row)[], csv === true);
  },
};
