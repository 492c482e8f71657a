import type { ShopNow } from '@jangteo/client';
import { Link } from 'wouter';
import { useSettings } from '../../app/settings.js';
import { DataTable } from '../../ui/DataTable.js';
import { Dialog } from '../../ui/Dialog.js';
import { clockOf, countOf, durationOf, waitingOf } from '../../ui/format.js';
import { Status } from '../../ui/Status.js';
import type { Column } from '../../ui/tables.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { lastSilenceOf, type ServiceNow } from './figures.js';
import css from './Overview.module.css';
import type { Node } from './ShopMap.js';
import { words as overviewWords, type OverviewWords } from './words.js';

type Queue = NonNullable<ServiceNow['queues']>[number];

function Queues({ queues }: { readonly queues: readonly Queue[] }) {
  const { columns, queues: caption } = useWordsOf(overviewWords);
  const language = useLanguage();
  const count = (value: number) => countOf(value, language);
  const all: readonly Column<Queue>[] = [
    { id: 'queue', head: columns.queue, isWide: true, cell: ({ queue }) => <code>{queue}</code> },
    { id: 'messages', head: columns.messages, align: 'right', cell: ({ messages }) => count(messages) },
    { id: 'readers', head: columns.readers, align: 'right', cell: ({ consumers }) => count(consumers) },
  ];
  return <DataTable caption={caption} columns={all} rows={queues} keyOf={({ queue }) => queue} isAside />;
}

function Facts({ told, heard }: { readonly told: ServiceNow; readonly heard: readonly ShopNow[] }) {
  const words = useWordsOf(overviewWords);
  const { frame, none } = useWords();
  const language = useLanguage();
  const [{ zone }] = useSettings();
  const { service, isAnswering, reason, replicas, answeredInMs, deadLetters } = told;
  const silence = lastSilenceOf(heard, service);
  const rows: (readonly [string, string])[] = [
    ...(reason === undefined ? [] : [[words.reason, words.reasons[reason] ?? reason] as const]),
    [words.columns.replicas, replicas === undefined ? none : countOf(replicas, language)],
    [words.columns.answered, answeredInMs === undefined ? none : durationOf(answeredInMs, language)],
    [words.columns.failed, deadLetters === undefined ? none : waitingOf(deadLetters, language)],
    [
      words.lastSilence,
      silence === undefined
        ? words.lastSilenceNone
        : words.lastSilenceAt(clockOf(silence.fromMs, zone), clockOf(silence.toMs, zone)),
    ],
  ];
  return (
    <dl className={css['facts']}>
      <dt>{words.columns.state}</dt>
      <dd>
        <Status tone={isAnswering ? 'done' : 'act'}>{isAnswering ? frame.answers : frame.silent}</Status>
      </dd>
      {rows.map(([what, value]) => [<dt key={what}>{what}</dt>, <dd key={`${what} is`}>{value}</dd>])}
    </dl>
  );
}

/** Why nothing is shown of what waits: the gateway alone has nothing to read. */
function withoutQueues(node: Node, told: ServiceNow | undefined, words: OverviewWords): string {
  if (told?.isAnswering === false) return words.queuesUnknown;
  return node === 'gateway' ? words.noQueues : words.queuesUntold;
}

/** More of a service or of the broker: what is missing, and what waits. */
export function NodePane({
  node,
  heard,
  onClose,
}: {
  readonly node: Node;
  readonly heard: readonly ShopNow[];
  readonly onClose: () => void;
}) {
  const words = useWordsOf(overviewWords);
  const { services } = useWords();
  const shop = heard.at(-1);
  const told = shop?.services.find(({ service }) => service === node);
  const queues =
    node === 'broker' ? shop?.services.flatMap(({ queues: its }) => its ?? []) : (told?.queues ?? undefined);
  return (
    <Dialog isOpen side="right" onClose={onClose} title={node === 'broker' ? words.broker : services[node]}>
      <p className={css['does']}>{words.does[node]}</p>
      {told !== undefined && <Facts told={told} heard={heard} />}
      <h3 className={css['heading']}>{words.queues}</h3>
      {queues !== undefined && queues.length > 0 ? (
        <Queues queues={queues} />
      ) : (
        <p>{withoutQueues(node, told, words)}</p>
      )}
      {node !== 'broker' && node !== 'gateway' && (
        <p className={css['links']}>
          <Link href={`/failed?service=${node}`}>{words.failedOf}</Link>
        </p>
      )}
    </Dialog>
  );
}
