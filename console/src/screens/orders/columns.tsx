import type { ListedOrder } from '@jangteo/client';
import { Link } from 'wouter';
import { shortOf } from '../../ui/format.js';
import { moneyColumn } from '../../ui/money-column.js';
import { OrderStatus } from '../../ui/OrderStatus.js';
import type { Column } from '../../ui/tables.js';
import { Duration, Time } from '../../ui/Time.js';
import type { Words } from '../../words/index.js';
import type { OrderWords } from './words.js';

/** What was ordered, in words: the first line, and how many more. */
export function itemsOf({ items }: Pick<ListedOrder, 'items'>, words: OrderWords): string {
  const [first, ...others] = items;
  if (first === undefined) return '–';
  const line = `${first.quantity} × ${first.name ?? words.unnamed}`;
  return others.length === 0 ? line : `${line} ${words.others(others.length)}`;
}

export function columnsOf(words: OrderWords, { statuses, reasons }: Words): readonly Column<ListedOrder>[] {
  const { columns } = words;
  const reasonOf = ({ failureCode }: ListedOrder): string =>
    failureCode === undefined ? '' : (reasons[failureCode] ?? failureCode);
  return [
    {
      id: 'status',
      head: columns.status,
      opens: true,
      cell: (order) => <OrderStatus order={order} />,
      text: ({ orderStatus }) => statuses[orderStatus],
    },
    { id: 'reason', head: columns.reason, from: 'tablet', cell: reasonOf, text: reasonOf },
    {
      id: 'order',
      head: columns.order,
      from: 'tablet',
      cell: ({ orderId }) => (
        <Link href={`/orders/${orderId}`} title={orderId}>
          <code>{shortOf(orderId)}</code>
        </Link>
      ),
      text: ({ orderId }) => orderId,
    },
    {
      id: 'items',
      head: columns.items,
      isWide: true,
      cell: (order) => <span title={itemsOf(order, words)}>{itemsOf(order, words)}</span>,
      text: (order) => itemsOf(order, words),
    },
    {
      id: 'customer',
      head: columns.customer,
      from: 'desktop',
      cell: ({ userId }) => <code title={userId}>{shortOf(userId)}</code>,
      text: ({ userId }) => userId,
    },
    moneyColumn({ id: 'total', head: columns.total }, ({ totalPrice }) => totalPrice),
    {
      id: 'duration',
      head: columns.duration,
      align: 'right',
      from: 'tablet',
      cell: ({ durationMs }) => (durationMs === undefined ? '–' : <Duration ms={durationMs} />),
      textHead: `${columns.duration} (ms)`,
      text: ({ durationMs }) => String(durationMs ?? ''),
    },
    {
      id: 'placed',
      head: columns.placed,
      align: 'right',
      from: 'tablet',
      cell: ({ orderDate }) => <Time at={orderDate} />,
      text: ({ orderDate }) => orderDate,
    },
  ];
}
