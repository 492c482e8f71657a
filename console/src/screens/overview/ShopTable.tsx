import type { ShopNow } from '@jangteo/client';
import { DataTable } from '../../ui/DataTable.js';
import { countOf, durationOf, waitingOf } from '../../ui/format.js';
import { Status } from '../../ui/Status.js';
import type { Column } from '../../ui/tables.js';
import { useWordsOf, type Language, type Words } from '../../words/index.js';
import type { ServiceName, ServiceNow } from './figures.js';
import { ordersThrough, SERVICES, waitingFor } from './load.js';
import { words as overviewWords, type OverviewWords } from './words.js';

export const rowsOf = (shop: ShopNow): readonly ServiceNow[] =>
  SERVICES.flatMap((name) => shop.services.find(({ service }) => service === name) ?? []);

/** What the map shows, in columns. */
export function columnsOf(
  shop: ShopNow,
  { columns }: OverviewWords,
  { services, frame, none }: Words,
  language: Language,
): readonly Column<ServiceNow>[] {
  const counted =
    (count: (told: ServiceNow) => number | undefined, shown = countOf) =>
    (told: ServiceNow) => {
      const value = count(told);
      return value === undefined ? none : shown(value, language);
    };
  const replicas = counted((told) => told.replicas);
  const waiting = counted(waitingFor);
  const failed = counted((told) => told.deadLetters, waitingOf);
  const rate = counted(({ service }) => {
    const value = ordersThrough(shop, service);
    return value === undefined ? undefined : Number(value.toPrecision(2));
  });
  const answered = ({ answeredInMs }: ServiceNow) =>
    answeredInMs === undefined ? none : durationOf(answeredInMs, language);
  const stateOf = ({ isAnswering }: ServiceNow) => (isAnswering ? frame.answers : frame.silent);
  const number = { align: 'right' } as const;
  return [
    {
      id: 'service',
      head: columns.service,
      opens: true,
      isWide: true,
      cell: ({ service }) => services[service],
      text: ({ service }) => services[service],
    },
    {
      id: 'state',
      head: columns.state,
      cell: (told) => <Status tone={told.isAnswering ? 'done' : 'act'}>{stateOf(told)}</Status>,
      text: stateOf,
    },
    { ...number, id: 'replicas', head: columns.replicas, from: 'tablet', cell: replicas, text: replicas },
    { ...number, id: 'waiting', head: columns.waiting, cell: waiting, text: waiting },
    { ...number, id: 'rate', head: columns.rate, from: 'tablet', cell: rate, text: rate },
    { ...number, id: 'answered', head: columns.answered, from: 'tablet', cell: answered, text: answered },
    { ...number, id: 'failed', head: columns.failed, from: 'tablet', cell: failed, text: failed },
  ];
}

export function ShopTable({
  shop,
  columns,
  openKey,
  onOpen,
}: {
  readonly shop: ShopNow;
  readonly columns: readonly Column<ServiceNow>[];
  readonly openKey: string | undefined;
  readonly onOpen: (service: ServiceName) => void;
}) {
  const { caption } = useWordsOf(overviewWords);
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rowsOf(shop)}
      keyOf={({ service }) => service}
      openKey={openKey}
      onOpen={({ service }) => onOpen(service)}
    />
  );
}
