import { Money } from './Money.js';
import { moneyHeadOf, plainMoneyOf } from './format.js';
import type { Column } from './tables.js';

/** A column of amounts: shown with their currency, copied and exported as numbers below a head that names it. */
export const moneyColumn = <Row,>(
  { head, ...column }: Pick<Column<Row>, 'id' | 'head' | 'from'>,
  amountOf: (row: Row) => number | undefined,
): Column<Row> => ({
  ...column,
  head,
  align: 'right',
  cell: (row) => <Money amount={amountOf(row)} />,
  textHead: moneyHeadOf(head),
  text: (row) => plainMoneyOf(amountOf(row)),
});
