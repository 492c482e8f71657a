import type { Webhook as WebhookOfShop } from '@jangteo/client';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { useFresh } from '../../api/fresh.js';
import { useApi, useMay } from '../../api/index.js';
import { Ask, Field, type Once } from '../../ui/Ask.js';
import type { Fields } from '../../ui/fields.js';
import { Id } from '../../ui/Copy.js';
import { Facts } from '../../ui/Facts.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Menu } from '../../ui/Menu.js';
import { Page, Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Status, type Tone } from '../../ui/Status.js';
import { Due, Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { Deliveries } from './Deliveries.js';
import { Secret, Verification } from './Secret.js';
import { WebhookState } from './WebhookState.js';
import { words as webhookWords, type WebhookWords } from './words.js';

const EVERY_MS = 3_000;

type Action = keyof WebhookWords['actions'];
interface Done {
  readonly tone: Tone;
  readonly sentence: string;
}

function WebhookFacts({ webhook }: { readonly webhook: WebhookOfShop }) {
  const words = useWordsOf(webhookWords);
  return (
    <Facts
      facts={[
        [words.columns.status, <WebhookState key="state" webhook={webhook} />],
        ['', webhook.statusReason && words.reasons[webhook.statusReason]],
        [words.columns.url, <code key="url">{webhook.url}</code>],
        [words.columns.types, webhook.types.map((type) => words.types[type]).join(', ')],
        [words.columns.next, webhook.next],
        [
          words.columns.owed,
          webhook.owedSince === undefined ? words.told : <Time key="owed" at={webhook.owedSince} />,
        ],
        [words.columns.retry, webhook.nextTryAt && <Due key="retry" at={webhook.nextTryAt} />],
        [words.columns.created, <Time key="created" at={webhook.createdAt} />],
        [words.columns.id, <Id key="id" id={webhook.webhookId} what={words.columns.id} />],
      ]}
    />
  );
}

/** One address that is told of orders: how far it is, and each try. */
export default function Webhook() {
  const { webhookId } = useParams<{ webhookId: string }>();
  const words = useWordsOf(webhookWords);
  const { pages, actions } = useWords();
  const api = useApi();
  const refusal = useMay('admin') ? undefined : actions.notAllowed('admin');
  const [, navigate] = useLocation();
  const [asked, ask] = useState<Action>();
  const [done, tell] = useState<Done>();
  const [secret, show] = useState<string>();
  const { data, error, freshness, refresh } = useFresh(
    ['webhook', webhookId],
    (signal) => api.admin.webhooks.read(webhookId, { signal }),
    { everyMs: EVERY_MS },
  );
  const { webhooks } = api.admin;
  const told = (sentence: string, tone: Tone = 'done'): void => tell({ tone, sentence });
  const does: Readonly<Record<Action, (fields: Fields, once: Once) => Promise<void>>> = {
    async test() {
      const { isDelivered, error: why = '' } = await webhooks.test(webhookId);
      if (isDelivered) told(words.done.testOk);
      else told(`${words.done.testFailed} ${why}`, 'undone');
    },
    async pause() {
      await webhooks.change(webhookId, { status: 'PAUSED' });
      told(words.done.pause);
    },
    async resume() {
      await webhooks.change(webhookId, { status: 'ACTIVE' });
      told(words.done.resume);
    },
    rotate: async (_, once) => show((await webhooks.rotate(webhookId, once)).secret),
    async resend({ from }) {
      await webhooks.resend(webhookId, Number(from));
      told(words.done.resend);
    },
    async delete() {
      await webhooks.delete(webhookId);
      navigate('/webhooks', { replace: true });
    },
  };
  const offered: readonly Action[] = [
    'test',
    data?.status === 'ACTIVE' ? 'pause' : 'resume',
    'resend',
    'rotate',
    'delete',
  ];
  return (
    <Page
      title={data?.name ?? pages.webhooks}
      live={<LiveLine {...freshness} />}
      actions={
        <>
          <ListActions name="webhook" />
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
      <div role="status">{done !== undefined && <Status tone={done.tone}>{done.sentence}</Status>}</div>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {data === undefined && error === null && <Skeleton lines={6} height={30} />}
      {data !== undefined && <WebhookFacts webhook={data} />}
      <Panel title={words.deliveries.title}>
        <Deliveries webhookId={webhookId} />
      </Panel>
      <Verification />
      {asked !== undefined && (
        <Ask
          title={words.actions[asked]}
          verb={words.actions[asked]}
          isDanger={asked === 'delete'}
          effects={<p>{words.asks[asked]}</p>}
          onClose={() => ask(undefined)}
          onDo={async (fields, once) => {
            await does[asked](fields, once);
            ask(undefined);
            refresh();
          }}
        >
          {asked === 'resend' && (
            <Field
              label={words.from}
              name="from"
              type="number"
              min={1}
              step={1}
              required
              defaultValue={data?.next}
            />
          )}
        </Ask>
      )}
      {secret !== undefined && <Secret secret={secret} onClose={() => show(undefined)} />}
    </Page>
  );
}
