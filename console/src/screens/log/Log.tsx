import type { AdminLogEntry, QueryOf } from '@jangteo/client';
import { useApi } from '../../api/index.js';
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
      pane={{ name: 'entry', of: (entry, close) => <EntryPane entry={entry} onClose={close} /> }}
    />
  );
}
