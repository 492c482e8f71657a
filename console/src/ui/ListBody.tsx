import type { ReactNode } from 'react';
import { isNone } from '../api/filled-page.js';
import type { ListOf } from '../api/list.js';
import { useAddress } from './address.js';
import { DataTable, type DataTableProps } from './DataTable.js';
import css from './ListBody.module.css';
import { NewRows } from './NewRows.js';
import { Old } from './Old.js';
import { Pages } from './Pages.js';
import { Problem } from './Problem.js';
import { Skeleton } from './Skeleton.js';

const LINES = 12;

/**
 * A list in whatever state it is: awaited, failed, empty, or there; with its way on. Which page is shown stands in the
 * address, as `cursor` unless another name is given.
 */
export function ListBody<Row>({
  list,
  empty,
  cursorName = 'cursor',
  lines = LINES,
  ...table
}: Omit<DataTableProps<Row>, 'rows'> & {
  readonly list: ListOf<Row>;
  /** What stands where there are no rows, nor any further on. */
  readonly empty: ReactNode;
  readonly cursorName?: string;
  /** Rows whose place is held until they come. */
  readonly lines?: number;
}) {
  const [address, change] = useAddress();
  const { rows, past, isEarlier, error, next, newRows, isMore, showNew, refresh, freshness } = list;
  const isNoneEarlier = isEarlier && rows?.length === 0;
  return (
    <>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {(rows === undefined || isNoneEarlier) && error === null && <Skeleton lines={lines} />}
      {rows !== undefined && isNone(list) && !isEarlier && empty}
      {rows !== undefined && rows.length > 0 && (
        <div aria-busy={isEarlier} className={css['list']}>
          <Old of={freshness}>
            <NewRows count={newRows} isMore={isMore} onShow={showNew} />
            <DataTable {...table} rows={rows} past={past} />
          </Old>
        </div>
      )}
      <Pages
        isFirst={address[cursorName] === undefined}
        next={next}
        onGo={(to) => change({ [cursorName]: to }, true)}
      />
    </>
  );
}
