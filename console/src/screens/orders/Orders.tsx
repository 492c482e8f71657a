import { useState } from 'react';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { cellsOf } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { Filters, SelectField, TextField } from '../../ui/Filters.js';
import { EXPORTED_ROWS_MAX, ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Tabs } from '../../ui/Tabs.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { columnsOf } from './columns.js';
import { changeTo, FILTERS, queryOf, VIEWS, viewOf, type FilterName, type View } from './filters.js';
import { OrderPane } from './OrderPane.js';
import { words as orderWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 3_000;

function OrderFilters() {
  const words = useWordsOf(orderWords);
  const { statuses, reasons } = useWords();
  const [address, change] = useAddress();
  const [isMore, showMore] = useState(FILTERS.slice(2).some((name) => address[name] !== undefined));
  const set = (name: FilterName) => (value: string) => change({ [name]: value, cursor: undefined });
  const wordOf = (name: FilterName, value: string): string => {
    if (name === 'status') return statuses[value as keyof typeof statuses] ?? value;
    if (name === 'failureCode') return reasons[value as keyof typeof reasons] ?? value;
    return value;
  };
  const text = (name: FilterName, type: 'text' | 'number' | 'datetime-local' = 'text') => (
    <TextField label={words.filters[name]} value={address[name] ?? ''} onChange={set(name)} type={type} />
  );
  return (
    <Filters
      chips={FILTERS.flatMap((name) => {
        const value = address[name];
        return value === undefined ? [] : [{ name, label: `${words.filters[name]}: ${wordOf(name, value)}` }];
      })}
      onRemove={(name) => change({ [name]: undefined, cursor: undefined })}
      onClear={() => change(changeTo({}))}
    >
      <SelectField
        label={words.filters.status}
        value={address['status'] ?? ''}
        options={[['', words.any], ...Object.entries(statuses)]}
        onChange={set('status')}
      />
      <SelectField
        label={words.filters.failureCode}
        value={address['failureCode'] ?? ''}
        options={[['', words.any], ...Object.entries(reasons)]}
        onChange={set('failureCode')}
      />
      {isMore ? (
        <>
          {text('userId')}
          {text('productId')}
          {text('couponId')}
          {text('from', 'datetime-local')}
          {text('to', 'datetime-local')}
          {text('minTotal', 'number')}
          {text('slowerThanMs', 'number')}
        </>
      ) : (
        <Button kind="quiet" onClick={() => showMore(true)}>
          {words.more}
        </Button>
      )}
    </Filters>
  );
}

/** Everybody's orders, newest first. */
export default function Orders() {
  const words = useWordsOf(orderWords);
  const shared = useWords();
  const api = useApi();
  const [address, change] = useAddress();
  const query = queryOf(address);
  const { cursor } = address;
  const list = useList(
    ['orders', query, cursor],
    (signal) => api.admin.orders({ ...query, limit: PAGE }, { signal }).page(cursor),
    ({ orderId }) => orderId,
    EVERY_MS,
  );
  useKeys({ r: list.refresh });
  const columns = columnsOf(words, shared);
  const { rows } = list;
  const open = rows?.find(({ orderId }) => orderId === address['order']);
  const isFiltered = viewOf(address) !== 'all';
  return (
    <Page
      title={shared.pages.orders}
      live={<LiveLine {...list.freshness} />}
      actions={
        <ListActions
          name="orders"
          cells={rows && cellsOf(columns, rows)}
          all={async () =>
            cellsOf(columns, await api.admin.orders({ ...query, limit: 100 }).first(EXPORTED_ROWS_MAX))
          }
        />
      }
    >
      <Tabs
        label={shared.pages.orders}
        value={viewOf(address)}
        options={(Object.keys(VIEWS) as View[]).map((view) => [view, words.views[view]] as const)}
        onChange={(view) => change(changeTo(VIEWS[view]), true)}
      />
      <OrderFilters />
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={({ orderId }) => orderId}
        openKey={open?.orderId}
        onOpen={({ orderId }) => change({ order: orderId }, true)}
        empty={
          isFiltered ? (
            <Empty
              why={words.none}
              action={<Button onClick={() => change(changeTo({}))}>{shared.actions.clear}</Button>}
            />
          ) : (
            <Empty why={words.empty} command={words.emptyCommand} />
          )
        }
      />
      {open !== undefined && <OrderPane order={open} onClose={() => change({ order: undefined })} />}
    </Page>
  );
}
