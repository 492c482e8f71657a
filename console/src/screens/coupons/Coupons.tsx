import type { Coupon, QueryOf } from '@jangteo/client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useApi, useMay } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { cellsOf, type Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { Filters, SelectField, TextField } from '../../ui/Filters.js';
import { EXPORTED_ROWS_MAX, ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Time } from '../../ui/Time.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { NewCoupon } from './NewCoupon.js';
import { CouponState, Discount, Places } from './parts.js';
import { words as couponWords, type CouponWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;
const FILTERS = ['q', 'status'] as const;

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
    text: ({ discountType, discountValue }) => `${discountValue}${discountType === 'PERCENT' ? ' %' : ''}`,
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
          {issueStartsAt !== undefined && <Time at={issueStartsAt} />} –{' '}
          {issueEndsAt !== undefined && <Time at={issueEndsAt} />}
        </>
      ),
    text: ({ issueStartsAt = '', issueEndsAt = '' }) => `${issueStartsAt}/${issueEndsAt}`,
  },
];

/** All coupons of the shop, those that cannot be had too. */
export default function Coupons() {
  const words = useWordsOf(couponWords);
  const shared = useWords();
  const api = useApi();
  const mayCreate = useMay('operator');
  const [address, change] = useAddress();
  const [, navigate] = useLocation();
  const [isCreating, create] = useState(false);
  const { cursor } = address;
  const given = FILTERS.filter((name) => address[name] !== undefined);
  const query = Object.fromEntries(given.map((name) => [name, address[name]])) as QueryOf<'listAllCoupons'>;
  const list = useList(
    ['coupons', query, cursor],
    (signal) => api.admin.coupons({ ...query, limit: PAGE }, { signal }).page(cursor),
    ({ couponId }) => couponId,
    EVERY_MS,
  );
  useKeys({ r: list.refresh });
  const columns = columnsOf(words);
  const clear = () => change({ q: undefined, status: undefined, cursor: undefined });
  return (
    <Page
      title={shared.pages.coupons}
      live={<LiveLine {...list.freshness} />}
      actions={
        <>
          <ListActions
            name="coupons"
            cells={list.rows && cellsOf(columns, list.rows)}
            all={async () =>
              cellsOf(columns, await api.admin.coupons({ ...query, limit: 100 }).first(EXPORTED_ROWS_MAX))
            }
          />
          <Button
            kind="main"
            icon={<Plus aria-hidden />}
            refusal={mayCreate ? undefined : shared.actions.notAllowed('operator')}
            onClick={() => create(true)}
          >
            {words.create}
          </Button>
        </>
      }
    >
      <Filters
        chips={given.map((name) => ({
          name,
          label: `${words.filters[name]}: ${words.statuses[address[name] as Coupon['status']] ?? address[name]}`,
        }))}
        onRemove={(name) => change({ [name]: undefined, cursor: undefined })}
        onClear={clear}
      >
        <TextField
          label={words.filters.q}
          value={address['q'] ?? ''}
          type="search"
          onChange={(q) => change({ q, cursor: undefined })}
        />
        <SelectField
          label={words.filters.status}
          value={address['status'] ?? ''}
          options={[['', words.any], ...Object.entries(words.statuses)]}
          onChange={(status) => change({ status, cursor: undefined })}
        />
      </Filters>
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={({ couponId }) => couponId}
        onOpen={({ couponId }) => navigate(`/coupons/${couponId}`)}
        empty={
          given.length > 0 ? (
            <Empty why={words.none} action={<Button onClick={clear}>{shared.actions.clear}</Button>} />
          ) : (
            <Empty why={words.empty} command="npx jangteo coupons create --help" />
          )
        }
      />
      {isCreating && (
        <NewCoupon
          onClose={() => create(false)}
          onDone={({ couponId }) => navigate(`/coupons/${couponId}`)}
        />
      )}
    </Page>
  );
}
