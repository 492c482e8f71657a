import type { CallOptions, List } from '@jangteo/client';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useMay } from '../api/index.js';
import { filledPage } from '../api/filled-page.js';
import { useList } from '../api/list.js';
import type { Role } from '../api/session.js';
import { useSettings } from '../app/settings.js';
import { useWords, type Words } from '../words/index.js';
import { useAddress } from './address.js';
import { AddressFilters, type AddressFiltersProps } from './AddressFilters.js';
import { Button } from './Button.js';
import { Elsewhere, type Pane } from './Elsewhere.js';
import { Empty } from './Empty.js';
import { changeTo, givenIn, queryOf, type FilterFields } from './filter-fields.js';
import { exportedOf, READ_ROWS } from './export.js';
import { ListActions } from './ListActions.js';
import { ListBody } from './ListBody.js';
import { LiveLine } from './LiveLine.js';
import { Page } from './Page.js';
import { cellsOf, type Column } from './tables.js';

const SHOWN_ROWS = 50;

/** The main action of a page, who may do it, and what it opens. */
interface Create {
  readonly verb: string;
  readonly role: Role;
  readonly form: (close: () => void) => ReactNode;
}

function CreateButton({ verb, role, form }: Create) {
  const { actions } = useWords();
  const [isCreating, setCreating] = useState(false);
  const may = useMay(role);
  return (
    <>
      <Button
        kind="main"
        icon={<Plus aria-hidden />}
        refusal={may ? undefined : actions.notAllowed(role)}
        onClick={() => setCreating(true)}
      >
        {verb}
      </Button>
      {isCreating && form(() => setCreating(false))}
    </>
  );
}

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
  readonly create?: Create;
  /** Shows a row beside the list, where rows have no pages of their own. */
  readonly pane?: Pane<Row>;
  readonly tabs?: ReactNode;
}) {
  const { pages, actions } = useWords();
  const [address, change] = useAddress();
  const [{ zone }] = useSettings();
  const [, navigate] = useLocation();
  const query = queryOf(fields, address, zone);
  const ask = (limit: number, options?: CallOptions) =>
    read({ ...query, limit } as unknown as Query, options);
  const list = useList(
    [page, query, address['cursor']],
    (signal) => filledPage(ask(SHOWN_ROWS, { signal }), address['cursor']),
    keyOf,
    everyMs,
  );
  const { rows } = list;
  const openKey = pane && address[pane.name];
  const open = rows?.find((row) => keyOf(row) === openKey);
  const isElsewhere = rows !== undefined && !list.isEarlier && open === undefined;
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
          {create !== undefined && <CreateButton {...create} />}
        </>
      }
    >
      {tabs}
      {words.filters && <AddressFilters fields={fields} labels={words.filters} shown={shown} open={names} />}
      {isElsewhere && pane && openKey && <Elsewhere rowKey={openKey} pane={pane} onClose={close} />}
      <ListBody
        list={list}
        caption={words.caption}
        columns={columns}
        keyOf={keyOf}
        openKey={open && keyOf(open)}
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
    </Page>
  );
}
