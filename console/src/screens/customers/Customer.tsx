import { useState } from 'react';
import { useParams } from 'wouter';
import { useFresh } from '../../api/fresh.js';
import { useApi } from '../../api/index.js';
import { useAddress } from '../../ui/address.js';
import { Id } from '../../ui/Copy.js';
import { Facts } from '../../ui/Facts.js';
import { countOf } from '../../ui/format.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Money } from '../../ui/Money.js';
import { Page } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Status } from '../../ui/Status.js';
import { Tabs } from '../../ui/Tabs.js';
import { Time } from '../../ui/Time.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { AccountState } from './AccountState.js';
import css from './Customer.module.css';
import { CustomerActions } from './CustomerActions.js';
import { CouponsOf, OrdersOf } from './Holdings.js';
import { Ledger } from './Ledger.js';
import { words as customerWords } from './words.js';

const EVERY_MS = 5_000;
const SHOWN = { ledger: Ledger, orders: OrdersOf, coupons: CouponsOf };
const TABS = ['ledger', 'orders', 'coupons'] as const;

/** One customer: what they have, what they did, and what can be done for them. */
export default function Customer() {
  const { userId } = useParams<{ userId: string }>();
  const words = useWordsOf(customerWords);
  const { pages } = useWords();
  const language = useLanguage();
  const api = useApi();
  const [address, change] = useAddress();
  const [done, tell] = useState<string>();
  const [round, next] = useState(0);
  const tab = TABS.find((one) => one === address['tab']) ?? 'ledger';
  const { data, error, freshness, refresh } = useFresh(
    ['user', userId],
    (signal) => api.admin.user(userId, { signal }),
    { everyMs: EVERY_MS },
  );
  const Shown = SHOWN[tab];
  return (
    <Page
      title={data?.name ?? pages.customers}
      live={<LiveLine {...freshness} />}
      actions={
        <>
          {data !== undefined && (
            <CustomerActions
              user={data}
              onDone={(sentence) => {
                tell(sentence);
                next(round + 1);
                refresh();
              }}
            />
          )}
          <ListActions name="customer" />
        </>
      }
    >
      <div role="status">{done !== undefined && <Status tone="done">{done}</Status>}</div>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {data === undefined && error === null && <Skeleton lines={6} height={30} />}
      {data !== undefined && (
        <div className={css['facts']}>
          <Facts
            facts={[
              [words.columns.state, <AccountState key="state" state={data.state} />],
              [words.columns.role, words.roles[data.role]],
              [words.columns.email, data.email],
              [words.columns.user, <Id key="id" id={userId} what={words.columns.user} />],
              [words.columns.created, <Time key="created" at={data.createdAt} />],
            ]}
          />
          <Facts
            facts={[
              [words.balance, <Money key="balance" amount={data.currentBalance} />],
              [
                words.pendingCharges,
                data.pendingCharges > 0 && <Money key="p" amount={data.pendingCharges} />,
              ],
              [words.orders, countOf(data.orders, language)],
              [words.ordersOnTheWay, data.ordersOnTheWay > 0 && countOf(data.ordersOnTheWay, language)],
              [words.lastOrder, data.lastOrderAt && <Time key="last" at={data.lastOrderAt} />],
              [words.sessions, countOf(data.sessions, language)],
            ]}
          />
        </div>
      )}
      <Tabs
        label={pages.customers}
        value={tab}
        options={TABS.map((one) => [one, words.tabs[one]] as const)}
        onChange={(one) => change({ tab: one === 'ledger' ? undefined : one, cursor: undefined }, true)}
      />
      <Shown key={tab} userId={userId} round={round} />
    </Page>
  );
}
