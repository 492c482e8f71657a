import type { ListedOrder, UserCoupon } from '@jangteo/client';
import { useLocation } from 'wouter';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import type { Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { ListBody } from '../../ui/ListBody.js';
import { Status, type Tone } from '../../ui/Status.js';
import { Due, Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { columnsOf as orderColumnsOf } from '../orders/columns.js';
import { words as orderWords } from '../orders/words.js';
import type { HoldingProps } from './Ledger.js';
import { words as customerWords, type CustomerWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;

/** The orders of one customer. */
export function OrdersOf({ userId, round }: HoldingProps) {
  const { noOrders } = useWordsOf(customerWords);
  const words = useWordsOf(orderWords);
  const shared = useWords();
  const api = useApi();
  const [{ cursor }] = useAddress();
  const [, navigate] = useLocation();
  const list = useList(
    ['orders', { userId }, cursor, round],
    (signal) => api.admin.orders({ userId, limit: PAGE }, { signal }).page(cursor),
    ({ orderId }: ListedOrder) => orderId,
    EVERY_MS,
  );
  return (
    <ListBody
      list={list}
      caption={words.caption}
      columns={orderColumnsOf(words, shared).filter(({ id }) => id !== 'customer')}
      keyOf={({ orderId }) => orderId}
      onOpen={({ orderId }) => navigate(`/orders/${orderId}`)}
      lines={4}
      empty={<Empty why={noOrders} />}
    />
  );
}

const TONES: Readonly<Record<UserCoupon['status'], Tone>> = {
  ISSUED: 'working',
  USED: 'done',
  EXPIRED: 'neutral',
};

const couponColumnsOf = ({ coupons }: CustomerWords): readonly Column<UserCoupon>[] => [
  {
    id: 'name',
    head: coupons.name,
    isWide: true,
    cell: ({ name }) => <span title={name}>{name}</span>,
  },
  {
    id: 'status',
    head: coupons.status,
    cell: ({ status }) => <Status tone={TONES[status]}>{coupons.statuses[status]}</Status>,
  },
  { id: 'place', head: coupons.place, align: 'right', from: 'tablet', cell: ({ sequence }) => sequence },
  {
    id: 'issued',
    head: coupons.issued,
    align: 'right',
    from: 'tablet',
    cell: ({ issuedAt }) => <Time at={issuedAt} />,
  },
  {
    id: 'expires',
    head: coupons.expires,
    align: 'right',
    cell: ({ expiresAt }) => (expiresAt === null ? '–' : <Due at={expiresAt} />),
  },
];

/** The coupons that one customer holds or has used. */
export function CouponsOf({ userId, round }: HoldingProps) {
  const words = useWordsOf(customerWords);
  const api = useApi();
  const [{ cursor }] = useAddress();
  const list = useList(
    ['coupons of', userId, cursor, round],
    (signal) => api.coupons.mine({ userId, status: 'ALL', limit: PAGE }, { signal }).page(cursor),
    ({ userCouponId }: UserCoupon) => userCouponId,
    EVERY_MS,
  );
  return (
    <ListBody
      list={list}
      caption={words.coupons.caption}
      columns={couponColumnsOf(words)}
      keyOf={({ userCouponId }) => userCouponId}
      lines={4}
      empty={<Empty why={words.coupons.empty} />}
    />
  );
}
