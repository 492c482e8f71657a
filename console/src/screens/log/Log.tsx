import type { AdminLogEntry } from '@jangteo/client';
import { useApi } from '../../api/index.js';
import { useList } from '../../api/list.js';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { cellsOf, type Column } from '../../ui/DataTable.js';
import { Empty } from '../../ui/Empty.js';
import { Filters, TextField } from '../../ui/Filters.js';
import { shortOf } from '../../ui/format.js';
import { EXPORTED_ROWS_MAX, ListActions } from '../../ui/ListActions.js';
import { ListBody } from '../../ui/ListBody.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Time } from '../../ui/Time.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { EntryPane } from './EntryPane.js';
import { Result } from './Result.js';
import { words as logWords, type LogWords } from './words.js';

const PAGE = 50;
const EVERY_MS = 5_000;
const FILTERS = ['actorId', 'target', 'from', 'to'] as const;

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
  const shared = useWords();
  const api = useApi();
  const [address, change] = useAddress();
  const { cursor } = address;
  const given = FILTERS.filter((name) => address[name] !== undefined);
  const query = Object.fromEntries(
    given.map((name) => {
      const text = address[name]!;
      const isMoment = (name === 'from' || name === 'to') && !Number.isNaN(Date.parse(text));
      return [name, isMoment ? new Date(text).toISOString() : text];
    }),
  );
  const list = useList(
    ['log', query, cursor],
    (signal) => api.admin.log({ ...query, limit: PAGE }, { signal }).page(cursor),
    ({ entryId }) => entryId,
    EVERY_MS,
  );
  useKeys({ r: list.refresh });
  const columns = columnsOf(words);
  const open = list.rows?.find(({ entryId }) => entryId === address['entry']);
  const clear = () =>
    change({ ...Object.fromEntries(FILTERS.map((name) => [name, undefined])), cursor: undefined });
  return (
    <Page
      title={shared.pages.log}
      live={<LiveLine {...list.freshness} />}
      actions={
        <ListActions
          name="log"
          cells={list.rows && cellsOf(columns, list.rows)}
          all={async () =>
            cellsOf(columns, await api.admin.log({ ...query, limit: 100 }).first(EXPORTED_ROWS_MAX))
          }
        />
      }
    >
      <Filters
        chips={given.map((name) => ({ name, label: `${words.filters[name]}: ${address[name]}` }))}
        onRemove={(name) => change({ [name]: undefined, cursor: undefined })}
        onClear={clear}
      >
        {FILTERS.map((name) => (
          <TextField
            key={name}
            label={words.filters[name]}
            value={address[name] ?? ''}
            type={name === 'from' || name === 'to' ? 'datetime-local' : 'text'}
            onChange={(value) => change({ [name]: value, cursor: undefined })}
          />
        ))}
      </Filters>
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={({ entryId }) => entryId}
        openKey={open?.entryId}
        onOpen={({ entryId }) => change({ entry: entryId }, true)}
        empty={
          given.length > 0 ? (
            <Empty why={words.none} action={<Button onClick={clear}>{shared.actions.clear}</Button>} />
          ) : (
            <Empty why={words.empty} />
          )
        }
      />
      {open !== undefined && <EntryPane entry={open} onClose={() => change({ entry: undefined })} />}
    </Page>
  );
}
