import type { WebhookDelivery } from '@jangteo/client';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import type { Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { ListBody } from '../../ui/ListBody.js';
import { Status } from '../../ui/Status.js';
import { Duration, Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { words as webhookWords, type WebhookWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 3_000;

const columnsOf = ({ deliveries }: WebhookWords): readonly Column<WebhookDelivery>[] => [
  { id: 'number', head: deliveries.number, align: 'right', cell: ({ number }) => number },
  {
    id: 'result',
    head: deliveries.result,
    cell: ({ isDelivered }) => (
      <Status tone={isDelivered ? 'done' : 'undone'}>
        {isDelivered ? deliveries.delivered : deliveries.failed}
      </Status>
    ),
  },
  {
    id: 'why',
    head: deliveries.why,
    isWide: true,
    from: 'tablet',
    cell: ({ status, error }) => <span title={error}>{[status, error].filter(Boolean).join(' ')}</span>,
  },
  { id: 'type', head: deliveries.type, cell: ({ type }) => <code>{type}</code> },
  { id: 'record', head: deliveries.record, align: 'right', cell: ({ sequence }) => sequence ?? '–' },
  {
    id: 'took',
    head: deliveries.took,
    align: 'right',
    from: 'tablet',
    cell: ({ tookMs }) => <Duration ms={tookMs} />,
  },
  { id: 'at', head: deliveries.at, align: 'right', from: 'tablet', cell: ({ at }) => <Time at={at} /> },
];

/** The latest tries to tell an address of something. */
export function Deliveries({ webhookId }: { readonly webhookId: string }) {
  const words = useWordsOf(webhookWords);
  const api = useApi();
  const [{ cursor }] = useAddress();
  const list = useList(
    ['deliveries', webhookId, cursor],
    (signal) => api.admin.webhooks.deliveries(webhookId, { limit: PAGE }, { signal }).page(cursor),
    ({ number }) => String(number),
    EVERY_MS,
  );
  return (
    <ListBody
      list={list}
      caption={words.deliveries.caption}
      columns={columnsOf(words)}
      keyOf={({ number }) => String(number)}
      lines={4}
      empty={<Empty why={words.deliveries.empty} />}
    />
  );
}
