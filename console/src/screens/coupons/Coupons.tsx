import type { Coupon, QueryOf } from '@jangteo/client';
import { Link, useLocation } from 'wouter';
import { useApi } from '../../api/index.js';
import type { Column } from '../../ui/DataTable.js';
import { FilteredList } from '../../ui/FilteredList.js';
import { Due } from '../../ui/Time.js';
import { moneyHeadOf, plainMoneyOf } from '../../ui/format.js';
import { useWordsOf } from '../../words/index.js';
import { NewCoupon } from './NewCoupon.js';
import { CouponState, Discount, Places } from './parts.js';
import { words as couponWords, type CouponWords } from './words.js';

const columnsOf = (words: CouponWords): readonly Column<Coupon>[] => [
  {
    id: 'name',
    head: words.columns.name,
    isWide: true,
    cell: ({ couponId, name }) => (
      <Link href={`/coupons/${couponId}`} title={name}>
        {name}
      </Link>
    ),
    text: ({ name }) => name,
  },
  {
    id: 'status',
    head: words.columns.status,
    cell: (coupon) => <CouponState coupon={coupon} />,
    text: ({ status }) => words.statuses[status],
  },
  {
    id: 'discount',
    head: words.columns.discount,
    align: 'right',
    from: 'tablet',
    cell: (coupon) => <Discount coupon={coupon} />,
    textHead: moneyHeadOf(words.columns.discount),
    text: ({ discountType, discountValue }) =>
      discountType === 'PERCENT' ? `${discountValue} %` : plainMoneyOf(discountValue),
  },
  {
    id: 'places',
    head: words.columns.places,
    align: 'right',
    cell: (coupon) => <Places coupon={coupon} />,
    text: ({ issuedQuantity, totalQuantity }) => `${issuedQuantity}/${totalQuantity}`,
  },
  {
    id: 'window',
    head: words.columns.window,
    align: 'right',
    from: 'desktop',
    cell: ({ issueStartsAt, issueEndsAt }) =>
      issueStartsAt === undefined && issueEndsAt === undefined ? (
        words.always
      ) : (
        <>
          {issueStartsAt !== undefined && <Due at={issueStartsAt} />} –{' '}
          {issueEndsAt !== undefined && <Due at={issueEndsAt} />}
        </>
      ),
    text: ({ issueStartsAt = '', issueEndsAt = '' }) => `${issueStartsAt}/${issueEndsAt}`,
  },
];

/** All coupons of the shop, those that cannot be had too. */
export default function Coupons() {
  const words = useWordsOf(couponWords);
  const api = useApi();
  const [, navigate] = useLocation();
  return (
    <FilteredList
      page="coupons"
      words={words}
      fields={{ q: 'search', status: words.statuses }}
      read={(query: QueryOf<'listAllCoupons'>, options) => api.admin.coupons(query, options)}
      keyOf={({ couponId }) => couponId}
      columns={columnsOf(words)}
      command="npx jangteo coupons create --help"
      create={{
        verb: words.create,
        role: 'operator',
        form: (close) => (
          <NewCoupon onClose={close} onDone={({ couponId }) => navigate(`/coupons/${couponId}`)} />
        ),
      }}
    />
  );
}
