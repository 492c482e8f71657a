import type { CouponIssue } from '@jangteo/client';
import { useState } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Ask } from '../../ui/Ask.js';
import { Button } from '../../ui/Button.js';
import type { Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { shortOf } from '../../ui/format.js';
import { ListBody } from '../../ui/ListBody.js';
import { Status } from '../../ui/Status.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { words as couponWords, type CouponWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;
const TONES = { ISSUED: 'working', USED: 'done', EXPIRED: 'neutral' } as const;

const columnsOf = (
  { holders }: CouponWords,
  refusal: string | undefined,
  onTakeBack: (issue: CouponIssue) => void,
): readonly Column<CouponIssue>[] => [
  { id: 'place', head: holders.place, align: 'right', cell: ({ sequence }) => sequence },
  {
    id: 'customer',
    head: holders.customer,
    isWide: true,
    cell: ({ userId }) => (
      <Link href={`/customers/${userId}`} title={userId}>
        <code>{shortOf(userId)}</code>
      </Link>
    ),
  },
  {
    id: 'status',
    head: holders.status,
    cell: ({ status, takenBackAt }) =>
      takenBackAt === undefined ? (
        <Status tone={TONES[status]}>{holders.statuses[status]}</Status>
      ) : (
        <Status tone="undone">{holders.takenBack}</Status>
      ),
  },
  {
    id: 'order',
    head: holders.order,
    from: 'tablet',
    cell: ({ orderId }) =>
      orderId === undefined ? (
        '–'
      ) : (
        <Link href={`/orders/${orderId}`} title={orderId}>
          <code>{shortOf(orderId)}</code>
        </Link>
      ),
  },
  {
    id: 'issued',
    head: holders.issued,
    align: 'right',
    from: 'tablet',
    cell: ({ issuedAt }) => <Time at={issuedAt} />,
  },
  {
    id: 'takeBack',
    head: holders.takeBack,
    align: 'right',
    cell: (issue) =>
      issue.status === 'ISSUED' && issue.takenBackAt === undefined ? (
        <Button
          refusal={refusal}
          aria-label={`${holders.takeBack}: ${issue.sequence}`}
          onClick={() => onTakeBack(issue)}
        >
          {holders.takeBack}
        </Button>
      ) : null,
  },
];

/** Who holds which place of a coupon, and what became of it. */
export function Holders({
  couponId,
  refusal,
  onDone,
}: {
  readonly couponId: string;
  readonly refusal: string | undefined;
  readonly onDone: (sentence: string) => void;
}) {
  const words = useWordsOf(couponWords);
  const api = useApi();
  const [{ cursor }] = useAddress();
  const [asked, ask] = useState<CouponIssue>();
  const list = useList(
    ['issues', couponId, cursor],
    (signal) => api.admin.issues(couponId, { limit: PAGE }, { signal }).page(cursor),
    ({ userCouponId }) => userCouponId,
    EVERY_MS,
  );
  return (
    <>
      <ListBody
        list={list}
        caption={words.holders.caption}
        columns={columnsOf(words, refusal, ask)}
        keyOf={({ userCouponId }) => userCouponId}
        lines={4}
        empty={<Empty why={words.holders.empty} />}
      />
      {asked !== undefined && (
        <Ask
          title={words.holders.takeBack}
          verb={words.holders.takeBack}
          isDanger
          effects={<p>{words.asks.takeBack(asked.sequence)}</p>}
          onClose={() => ask(undefined)}
          onDo={async (_, once) => {
            await api.admin.takeBackCoupon(asked.userCouponId, once);
            ask(undefined);
            list.refresh();
            onDone(words.done.takeBack);
          }}
        />
      )}
    </>
  );
}
