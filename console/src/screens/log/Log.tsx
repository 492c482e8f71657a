import type { AdminLogEntry, Jangteo, QueryOf } from '@jangteo/client';
import { useApi } from '../../api/index.js';
import { queryIn } from '../../app/found.js';
import { FilteredList } from '../../ui/FilteredList.js';
import { shortOf } from '../../ui/format.js';
import type { Column } from '../../ui/tables.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { EntryPane } from './EntryPane.js';
import { Result } from './Result.js';
import { words as logWords, type LogWords } from './words.js';

const columnsOf = ({ columns, results }: LogWords): readonly Column<AdminLogEntry>[] => [
  { id: 'at', head: columns.at, cell: ({ at }) => <Time at={at} />, text: ({ at }) => at },
  {
    id: 'action',
    head: columns.action,
    opens: true,
    cell: ({ action }) => <code>{action}</code>,
    text: ({ action }) => action,
  },
  {
    id: 'target',
    head: columns.target,
    isWide: true,
    cell: ({ targetType = '', target = '' }) => (
      <span title={target}>
        {targetType} <code>{shortOf(target)}</code>
      </span>
    ),
    text: ({ targetType = '', target = '' }) => `${targetType} ${target}`.trim(),
  },
  {
    id: 'who',
    head: columns.who,
    from: 'tablet',
    cell: ({ actorId, actorRole }) => (
      <span title={actorId}>
        {actorRole} <code>{shortOf(actorId)}</code>
      </span>
    ),
    text: ({ actorId, actorRole }) => `${actorRole} ${actorId}`,
  },
  { id: 'from', head: columns.from, from: 'desktop', cell: ({ network }) => <code>{network}</code> },
  {
    id: 'result',
    head: columns.result,
    cell: (entry) => <Result entry={entry} />,
    text: ({ result, code }) => [results[result], code].filter(Boolean).join(' '),
  },
];

type LogQuery = NonNullable<QueryOf<'listAdminLog'>>;

/** An entry by its id alone, which tells where in the log it is; null where there is none. */
async function readEntry(
  { admin }: Jangteo,
  entryId: string,
  signal: AbortSignal,
): Promise<AdminLogEntry | null> {
  /** What sends messages or nudges is read in another way, and is in the log too. */
  const placeOf = async (operationId: string): Promise<LogQuery> => {
    const { actorId, startedAt } = await admin.operation(operationId, { signal });
    return { actorId, from: startedAt, to: new Date(Date.parse(startedAt) + 1).toISOString() };
  };
  const found = await admin.find(entryId, { signal });
  const its = found.find(({ id }) => id === entryId);
  if (its?.kind !== 'logEntry' && its?.kind !== 'operation') return null;
  const query = its.kind === 'logEntry' ? Object.fromEntries(queryIn(its.href)) : await placeOf(entryId);
  const { items } = await admin.log({ ...query, limit: 100 }, { signal }).page();
  return items.find((entry) => entry.entryId === entryId) ?? null;
}

/** Who did what. */
export default function Log() {
  const words = useWordsOf(logWords);
  const api = useApi();
  return (
    <FilteredList
      page="log"
      words={words}
      fields={{ actorId: 'text', target: 'text', from: 'datetime-local', to: 'datetime-local' }}
      read={(query: QueryOf<'listAdminLog'>, options) => api.admin.log(query, options)}
      keyOf={({ entryId }) => entryId}
      columns={columnsOf(words)}
      pane={{
        name: 'entry',
        of: (entry, close) => <EntryPane entry={entry} onClose={close} />,
        read: (entryId, signal) => readEntry(api, entryId, signal),
      }}
    />
  );
}
