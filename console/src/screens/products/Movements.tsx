import type { Product, StockMovement } from '@jangteo/client';
import { Link } from 'wouter';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import type { Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { shortOf } from '../../ui/format.js';
import { ListBody } from '../../ui/ListBody.js';
import { Status } from '../../ui/Status.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { words as productWords, type ProductWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;

const columnsOf = ({ movements }: ProductWords, product: Product): readonly Column<StockMovement>[] => [
  { id: 'at', head: movements.at, cell: ({ at }) => <Time at={at} /> },
  {
    id: 'option',
    head: movements.option,
    cell: ({ optionId }) => product.options.find((one) => one.optionId === optionId)?.name ?? '–',
  },
  {
    id: 'quantity',
    head: movements.quantity,
    align: 'right',
    cell: ({ quantity }) => (quantity > 0 ? `+${quantity}` : String(quantity)),
  },
  {
    id: 'why',
    head: movements.why,
    isWide: true,
    cell: ({ orderId, reason, releasedAt }) => (
      <>
        {orderId === undefined ? (
          <span title={reason}>{reason ?? '–'}</span>
        ) : (
          <Link href={`/orders/${orderId}`}>
            {movements.order} <code>{shortOf(orderId)}</code>
          </Link>
        )}{' '}
        {releasedAt !== undefined && <Status tone="undone">{movements.released}</Status>}
      </>
    ),
  },
];

/** Whatever moved the stock of a product: orders, what they gave back, and people. */
export function Movements({
  product,
  round,
}: {
  readonly product: Product;
  /** Counts what whoever looks has done: that is shown at once. */
  readonly round: number;
}) {
  const words = useWordsOf(productWords);
  const api = useApi();
  const [{ cursor }] = useAddress();
  const { productId } = product;
  const list = useList(
    ['movements', productId, cursor, round],
    (signal) => api.admin.movements(productId, { limit: PAGE }, { signal }).page(cursor),
    ({ optionId, at, orderId = '', quantity }) => `${optionId} ${at} ${orderId} ${quantity}`,
    EVERY_MS,
  );
  return (
    <ListBody
      list={list}
      caption={words.movements.caption}
      columns={columnsOf(words, product)}
      keyOf={({ optionId, at, orderId = '', quantity }) => `${optionId} ${at} ${orderId} ${quantity}`}
      lines={4}
      empty={<Empty why={words.movements.empty} />}
    />
  );
}
