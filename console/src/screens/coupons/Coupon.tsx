import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { useFresh } from '../../api/fresh.js';
import { useApi, useMay } from '../../api/index.js';
import { Ask, Field, type Once } from '../../ui/Ask.js';
import type { Fields } from '../../ui/fields.js';
import { Id } from '../../ui/Copy.js';
import { Facts } from '../../ui/Facts.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Menu } from '../../ui/Menu.js';
import { Money } from '../../ui/Money.js';
import { Page, Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Status } from '../../ui/Status.js';
import { Due } from '../../ui/Time.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { Holders } from './Holders.js';
import { CouponState, Discount, Places } from './parts.js';
import { words as couponWords, type CouponWords } from './words.js';

const EVERY_MS = 3_000;

type Action = keyof CouponWords['actions'];

/** One coupon: what it takes off, when it can be had, and who holds its places. */
export default function Coupon() {
  const { couponId } = useParams<{ couponId: string }>();
  const words = useWordsOf(couponWords);
  const { pages, actions } = useWords();
  const api = useApi();
  const refusal = useMay('operator') ? undefined : actions.notAllowed('operator');
  const [, navigate] = useLocation();
  const race = `/coupons/${couponId}/race`;
  useKeys({ w: () => navigate(race) });
  const [asked, ask] = useState<Action>();
  const [done, tell] = useState<string>();
  const { data, error, freshness, refresh } = useFresh(
    ['coupon', couponId],
    (signal) => api.coupons.read(couponId, { signal }),
    { everyMs: EVERY_MS },
  );
  const onDone = (sentence: string) => {
    ask(undefined);
    tell(sentence);
    refresh();
  };
  const { version, issuedQuantity = 0 } = data ?? {};
  const does: Readonly<Record<Action, (fields: Fields, once: Once) => Promise<unknown>>> = {
    suspend: (_, once) =>
      api.coupons.change(couponId, { status: 'SUSPENDED' }, { ifMatch: version, ...once }),
    resume: (_, once) => api.coupons.change(couponId, { status: 'ISSUABLE' }, { ifMatch: version, ...once }),
    give: ({ userId = '' }, once) => api.admin.giveCoupon(couponId, userId.trim(), once),
    more: ({ totalQuantity }, once) =>
      api.coupons.change(couponId, { totalQuantity: Number(totalQuantity) }, { ifMatch: version, ...once }),
  };
  const offered: readonly Action[] = ['give', 'more', data?.status === 'SUSPENDED' ? 'resume' : 'suspend'];
  return (
    <Page
      title={data?.name ?? pages.coupons}
      live={<LiveLine {...freshness} />}
      actions={
        <>
          <Link href={race} title="w">
            {words.race}
          </Link>
          <ListActions name="coupon" />
          {data !== undefined && (
            <Menu
              icon={<Ellipsis aria-hidden />}
              items={offered.map((one) => ({ label: words.actions[one], refusal, onChoose: () => ask(one) }))}
            >
              {actions.menu}
            </Menu>
          )}
        </>
      }
    >
      <div role="status">{done !== undefined && <Status tone="done">{done}</Status>}</div>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {data === undefined && error === null && <Skeleton lines={6} height={30} />}
      {data !== undefined && (
        <Facts
          facts={[
            [words.columns.status, <CouponState key="state" coupon={data} />],
            [words.columns.places, <Places key="places" coupon={data} />],
            [words.columns.discount, <Discount key="discount" coupon={data} />],
            [
              words.columns.maxDiscount,
              data.maxDiscount !== undefined && <Money key="max" amount={data.maxDiscount} />,
            ],
            [
              words.columns.minOrderAmount,
              data.minOrderAmount !== undefined && <Money key="min" amount={data.minOrderAmount} />,
            ],
            [words.from, data.issueStartsAt && <Due key="from" at={data.issueStartsAt} />],
            [words.until, data.issueEndsAt && <Due key="until" at={data.issueEndsAt} />],
            [words.columns.valid, data.validDays !== undefined && words.days(data.validDays)],
            [words.columns.usableUntil, data.usableUntil && <Due key="usable" at={data.usableUntil} />],
            [words.columns.id, <Id key="id" id={couponId} what={words.columns.id} />],
          ]}
        />
      )}
      <Panel title={words.holders.title}>
        <Holders couponId={couponId} refusal={refusal} onDone={onDone} />
      </Panel>
      {asked !== undefined && (
        <Ask
          title={words.actions[asked]}
          verb={words.actions[asked]}
          isDanger={asked === 'suspend'}
          effects={<p>{asked === 'more' ? words.asks.more(issuedQuantity) : words.asks[asked]}</p>}
          onClose={() => ask(undefined)}
          onDo={async (fields, once) => {
            await does[asked](fields, once);
            onDone(words.done[asked]);
          }}
        >
          {asked === 'give' && <Field label={words.fields.userId} name="userId" required />}
          {asked === 'more' && (
            <Field
              label={words.fields.totalQuantity}
              name="totalQuantity"
              type="number"
              min={issuedQuantity}
              step={1}
              required
              defaultValue={data?.totalQuantity}
            />
          )}
        </Ask>
      )}
    </Page>
  );
}
