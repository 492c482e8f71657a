import type { NewWebhook, Webhook } from '@jangteo/client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useApi, useMay } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Ask, Field } from '../../ui/Ask.js';
import { Button } from '../../ui/Button.js';
import { cellsOf, type Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Time } from '../../ui/Time.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { Secret } from './Secret.js';
import { WebhookState } from './WebhookState.js';
import { words as webhookWords, type WebhookWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;

const columnsOf = (words: WebhookWords): readonly Column<Webhook>[] => [
  {
    id: 'name',
    head: words.columns.name,
    cell: ({ webhookId, name }) => <Link href={`/webhooks/${webhookId}`}>{name}</Link>,
    text: ({ name }) => name,
  },
  {
    id: 'status',
    head: words.columns.status,
    cell: (webhook) => <WebhookState webhook={webhook} />,
    text: ({ status }) => words.statuses[status],
  },
  {
    id: 'url',
    head: words.columns.url,
    isWide: true,
    from: 'tablet',
    cell: ({ url }) => <code title={url}>{url}</code>,
    text: ({ url }) => url,
  },
  {
    id: 'behind',
    head: words.columns.behind,
    align: 'right',
    cell: ({ owedSince }) => (owedSince === undefined ? words.told : <Time at={owedSince} />),
    text: ({ owedSince = '' }) => owedSince,
  },
  {
    id: 'retry',
    head: words.columns.retry,
    align: 'right',
    from: 'tablet',
    cell: ({ nextTryAt }) => (nextTryAt === undefined ? '–' : <Time at={nextTryAt} />),
    text: ({ nextTryAt = '' }) => nextTryAt,
  },
];

/** Addresses that are told of orders, and how far each is. */
export default function Webhooks() {
  const words = useWordsOf(webhookWords);
  const { pages, actions } = useWords();
  const api = useApi();
  const mayCreate = useMay('admin');
  const [{ cursor }] = useAddress();
  const [, navigate] = useLocation();
  const [isCreating, create] = useState(false);
  const [made, setMade] = useState<NewWebhook>();
  const list = useList(
    ['webhooks', cursor],
    (signal) => api.admin.webhooks.list({ limit: PAGE }, { signal }).page(cursor),
    ({ webhookId }) => webhookId,
    EVERY_MS,
  );
  useKeys({ r: list.refresh });
  const columns = columnsOf(words);
  return (
    <Page
      title={pages.webhooks}
      live={<LiveLine {...list.freshness} />}
      actions={
        <>
          <ListActions name="webhooks" cells={list.rows && cellsOf(columns, list.rows)} />
          <Button
            kind="main"
            icon={<Plus aria-hidden />}
            refusal={mayCreate ? undefined : actions.notAllowed('admin')}
            onClick={() => create(true)}
          >
            {words.create}
          </Button>
        </>
      }
    >
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={({ webhookId }) => webhookId}
        onOpen={({ webhookId }) => navigate(`/webhooks/${webhookId}`)}
        lines={4}
        empty={<Empty why={words.empty} command="npx jangteo webhooks create --help" />}
      />
      {isCreating && (
        <Ask
          title={words.create}
          verb={words.create}
          effects={<p>{words.asks.create}</p>}
          onClose={() => create(false)}
          onDo={async ({ name = '', url = '' }) => {
            setMade(await api.admin.webhooks.create({ name, url }));
            create(false);
          }}
        >
          <Field label={words.columns.name} name="name" required />
          <Field label={words.columns.url} name="url" required />
        </Ask>
      )}
      {made !== undefined && (
        <Secret secret={made.secret} onClose={() => navigate(`/webhooks/${made.webhookId}`)} />
      )}
    </Page>
  );
}
