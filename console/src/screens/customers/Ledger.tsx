import type { WalletTransaction } from '@jangteo/client';
import { Link } from 'wouter';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import type { Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { shortOf } from '../../ui/format.js';
import { ListBody } from '../../ui/ListBody.js';
import { Money } from '../../ui/Money.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import css from './Ledger.module.css';
import { stepsOf } from './steps.js';
import { words as customerWords, type CustomerWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;
const [WIDTH, HEIGHT] = [1_000, 96];

const columnsOf = ({ ledger }: CustomerWords): readonly Column<WalletTransaction>[] => [
  { id: 'at', head: ledger.at, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'type', head: ledger.type, cell: ({ transactionType }) => ledger.types[transactionType] },
  {
    id: 'reason',
    head: ledger.reason,
    isWide: true,
    from: 'tablet',
    cell: ({ orderId, reason }) =>
      orderId === undefined ? (
        <span title={reason}>{reason}</span>
      ) : (
        <Link href={`/orders/${orderId}`}>
          <code>{shortOf(orderId)}</code>
        </Link>
      ),
  },
  { id: 'amount', head: ledger.amount, align: 'right', cell: ({ amount }) => <Money amount={amount} /> },
  {
    id: 'before',
    head: ledger.before,
    align: 'right',
    from: 'tablet',
    cell: ({ balanceBefore }) => <Money amount={balanceBefore} />,
  },
  {
    id: 'after',
    head: ledger.after,
    align: 'right',
    cell: ({ balanceAfter }) => <Money amount={balanceAfter} />,
  },
];

export interface HoldingProps {
  readonly userId: string;
  /** Counts what whoever looks has done: that is shown at once. */
  readonly round: number;
}

/** Each change of a balance, as it was before and after; drawn, and as a table. */
export function Ledger({ userId, round }: HoldingProps) {
  const words = useWordsOf(customerWords);
  const api = useApi();
  const [{ cursor }] = useAddress();
  const list = useList(
    ['ledger', userId, cursor, round],
    (signal) => api.balance.history({ userId, limit: PAGE }, { signal }).page(cursor),
    ({ transactionId }) => transactionId,
    EVERY_MS,
  );
  const balances = (list.rows ?? []).toReversed().map(({ createdAt, balanceAfter }) => ({
    at: Date.parse(createdAt),
    amount: balanceAfter,
  }));
  const { path, max } = stepsOf(balances, WIDTH, HEIGHT);
  return (
    <>
      {balances.length > 1 && (
        <figure className={css['chart']}>
          <svg
            viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={words.ledger.chart}
          >
            <path d={`${path}V${HEIGHT}H0Z`} className={css['ground']} />
            <path d={path} className={css['line']} />
          </svg>
          <figcaption>
            {words.ledger.chart} · max <Money amount={max} />
          </figcaption>
        </figure>
      )}
      <ListBody
        list={list}
        caption={words.ledger.caption}
        columns={columnsOf(words)}
        keyOf={({ transactionId }) => transactionId}
        lines={4}
        empty={<Empty why={words.ledger.empty} />}
      />
    </>
  );
}
