import type { QueryOf } from '@jangteo/client';
import { useApi } from '../../api/index.js';
import { listed } from '../../api/listed-order.js';
import { useAddress } from '../../ui/address.js';
import { changeTo } from '../../ui/filter-fields.js';
import { FilteredList } from '../../ui/FilteredList.js';
import { moneyLabelOf } from '../../ui/format.js';
import { Tabs } from '../../ui/Tabs.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { columnsOf } from './columns.js';
import { fieldsOf, VIEWS, viewOf, type View } from './filters.js';
import { OrderPane } from './OrderPane.js';
import { words as orderWords } from './words.js';

/** Everybody's orders, newest first. */
export default function Orders() {
  const words = useWordsOf(orderWords);
  const language = useLanguage();
  const shared = useWords();
  const api = useApi();
  const [address, change] = useAddress();
  const fields = fieldsOf(shared);
  return (
    <FilteredList
      page="orders"
      words={{
        ...words,
        filters: { ...words.filters, minTotal: moneyLabelOf(words.filters.minTotal, language) },
      }}
      tabs={
        <Tabs
          label={shared.pages.orders}
          value={viewOf(fields, address)}
          options={(Object.keys(VIEWS) as View[]).map((view) => [view, words.views[view]] as const)}
          onChange={(view) => change(changeTo(fields, VIEWS[view], ['order']), true)}
        />
      }
      fields={fields}
      shown={2}
      read={(query: QueryOf<'listAllOrders'>, options) => api.admin.orders(query, options)}
      keyOf={({ orderId }) => orderId}
      columns={columnsOf(words, shared)}
      everyMs={3_000}
      command={words.emptyCommand}
      pane={{
        name: 'order',
        of: (order, close) => <OrderPane order={order} onClose={close} />,
        read: async (orderId, signal) =>
          await listed(api, await api.orders.timeline(orderId, { signal }), signal),
      }}
    />
  );
}
