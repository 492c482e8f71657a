import type { CallOptions, List } from '@jangteo/client';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useMay } from '../api/index.js';
import { useFresh } from '../api/fresh.js';
import { useList } from '../api/list.js';
import type { Role } from '../api/session.js';
import { useSettings } from '../app/settings.js';
import { useWords, type Words } from '../words/index.js';
import { useAddress } from './address.js';
import { AddressFilters, type AddressFiltersProps } from './AddressFilters.js';
import { Button } from './Button.js';
import { Empty } from './Empty.js';
import { changeTo, givenIn, queryOf, type FilterFields } from './filter-fields.js';
import css from './FilteredList.module.css';
import { exportedOf, READ_ROWS } from './export.js';
import { ListActions } from './ListActions.js';
import { ListBody } from './ListBody.js';
import { LiveLine } from './LiveLine.js';
import { shortOf } from './format.js';
import { Page } from './Page.js';
import { Problem } from './Problem.js';
import { cellsOf, type Column } from './tables.js';
import { useKeys } from './use-keys.js';

const SHOWN_ROWS = 50;

/**
 * A page with one list: it goes on by itself, has its filters in its address and hands itself on with them, and opens
 * its rows, as pages of their own unless there is a pane for them.
 */
export function FilteredList<Row, Query extends object, Name extends string = never>({
  page,
  words,
  fields = {} as FilterFields<Name>,
  shown,
  read,
  keyOf,
  columns,
  everyMs = 5_000,
  command,
  create,
  pane,
  tabs,
}: Pick<Partial<AddressFiltersProps<Name>>, 'fields' | 'shown'> & {
  /** Under which it is in the rail; pages of its rows are below it. */
  readonly page: keyof Words['pages'];
  readonly words: {
    readonly caption: string;
    /** Why there is nothing at all, and nothing that passes the filters. */
    readonly empty: string;
    readonly none?: string;
    readonly filters?: Readonly<Record<Name, string>>;
  };
  readonly read: (query: Query, options?: CallOptions) => List<Row>;
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly everyMs?: number;
  /** What changes that there is nothing. */
  readonly command?: string;
  /** The main action, who may do it, and what it opens. */
  readonly create?: {
    readonly verb: string;
    readonly role: Role;
    readonly form: (close: () => void) => ReactNode;
  };
  /** What is shown of an open row beside the list, and the name that the row's key has in the address. */
  readonly pane?: {
    readonly name: string;
    readonly of: (row: Row, close: () => void) => ReactNode;
    /** Reads a row by its key, wherever in the list it is; null where there is none. */
    readonly read: (key: string, signal: AbortSignal) => Promise<Row | null>;
  };
  readonly tabs?: ReactNode;
}) {
  const { pages, actions, live } = useWords();
  const [address, change] = useAddress();
  const [{ zone }] = useSettings();
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  const may = useMay(create?.role ?? 'viewer');
  const query = queryOf(fields, address, zone);
  const ask = (limit: number, options?: CallOptions) =>
    read({ ...query, limit } as unknown as Query, options);
  const list = useList(
    [page, query, address['cursor']],
    (signal) => ask(SHOWN_ROWS, { signal }).page(address['cursor']),
    keyOf,
    everyMs,
  );
  useKeys({ r: list.refresh });
  const { rows } = list;
  const openKey = pane && address[pane.name];
  const among = rows?.find((row) => keyOf(row) === openKey);
  // A link is kept for longer than the newest rows are on the first page.
  const isElsewhere = openKey !== undefined && rows !== undefined && !list.isEarlier && among === undefined;
  const elsewhere = useFresh([page, 'open', openKey], (signal) => pane!.read(openKey!, signal), {
    isWanted: isElsewhere,
  });
  const open = among ?? (isElsewhere && !elsewhere.isEarlier ? (elsewhere.data ?? undefined) : undefined);
  const close = () => pane && change({ [pane.name]: undefined });
  const isFiltered = givenIn(fields, address).length > 0;
  const names = pane && [pane.name];
  return (
    <Page
      title={pages[page]}
      live={<LiveLine {...list.freshness} />}
      actions={
        <>
          <ListActions
            name={page}
            cells={rows && cellsOf(columns, rows)}
            isEarlier={list.isEarlier}
            all={() => exportedOf(columns, ask(READ_ROWS))}
          />
          {create !== undefined && (
            <Button
              kind="main"
              icon={<Plus aria-hidden />}
              refusal={may ? undefined : actions.notAllowed(create.role)}
              onClick={() => setCreating(true)}
            >
              {create.verb}
            </Button>
          )}
        </>
      }
    >
      {tabs}
      {words.filters && <AddressFilters fields={fields} labels={words.filters} shown={shown} open={names} />}
      {isElsewhere && elsewhere.error !== null && (
        <Problem error={elsewhere.error} onRetry={elsewhere.refresh} />
      )}
      {isElsewhere && elsewhere.data === null && !elsewhere.isEarlier && (
        <p role="status" className={css['gone']}>
          {live.gone(shortOf(openKey))}
          <Button onClick={close}>{actions.close}</Button>
        </p>
      )}
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={keyOf}
        openKey={among && keyOf(among)}
        onOpen={(row) =>
          pane === undefined ? navigate(`/${page}/${keyOf(row)}`) : change({ [pane.name]: keyOf(row) }, true)
        }
        empty={
          isFiltered ? (
            <Empty
              why={words.none ?? words.empty}
              action={<Button onClick={() => change(changeTo(fields, {}, names))}>{actions.clear}</Button>}
            />
          ) : (
            <Empty why={words.empty} command={command} />
          )
        }
      />
      {open !== undefined && pane?.of(open, close)}
      {isCreating && create?.form(() => setCreating(false))}
    </Page>
  );
}
