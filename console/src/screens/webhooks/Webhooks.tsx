import type { CreatedWebhook as Made, QueryOf, Webhook } from '@jangteo/client';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useApi } from '../../api/index.js';
import { Ask, Field } from '../../ui/Ask.js';
import type { Column } from '../../ui/DataTable.js';
import { FilteredList } from '../../ui/FilteredList.js';
import { Due, Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { Secret } from './Secret.js';
import { WebhookState } from './WebhookState.js';
import { words as webhookWords, type WebhookWords } from './words.js';

const columnsOf = (words: WebhookWords): readonly Column<Webhook>[] => [
  {
    id: 'name',
    head: words.columns.name,
    isWide: true,
    cell: ({ webhookId, name }) => (
      <Link href={`/webhooks/${webhookId}`} title={name}>
        {name}
      </Link>
    ),
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
    cell: ({ nextTryAt }) => (nextTryAt === undefined ? '–' : <Due at={nextTryAt} />),
    text: ({ nextTryAt = '' }) => nextTryAt,
  },
];

/** Asks for an address, and then shows the secret that it was given. */
function NewWebhook({ onClose }: { readonly onClose: () => void }) {
  const words = useWordsOf(webhookWords);
  const api = useApi();
  const [, navigate] = useLocation();
  const [made, setMade] = useState<Made>();
  if (made !== undefined)
    return <Secret secret={made.secret} onClose={() => navigate(`/webhooks/${made.webhookId}`)} />;
  return (
    <Ask
      title={words.create}
      verb={words.create}
      effects={<p>{words.asks.create}</p>}
      onClose={onClose}
      onDo={async ({ name = '', url = '' }, once) =>
        setMade(await api.admin.webhooks.create({ name, url }, once))
      }
    >
      <Field label={words.columns.name} name="name" required />
      <Field label={words.columns.url} name="url" required />
    </Ask>
  );
}

/** Addresses that are told of orders, and how far each is. */
export default function Webhooks() {
  const words = useWordsOf(webhookWords);
  const api = useApi();
  return (
    <FilteredList
      page="webhooks"
      words={words}
      read={(query: QueryOf<'listWebhooks'>, options) => api.admin.webhooks.list(query, options)}
      keyOf={({ webhookId }) => webhookId}
      columns={columnsOf(words)}
      command="npx jangteo webhooks create --help"
      create={{
        verb: words.create,
        role: 'admin',
        form: (close) => <NewWebhook onClose={close} />,
      }}
    />
  );
}
