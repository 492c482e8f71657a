import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useWords } from '../words/index.js';
import { classes } from './classes.js';
import css from './DataTable.module.css';
import type { Column } from './tables.js';
import { useKeys } from './use-keys.js';

export type { Column };

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Enter and a click; the row that is open is marked. */
  readonly onOpen?: (row: Row) => void;
  readonly openKey?: string | undefined;
  /** Under a row, such as what came of an action. */
  readonly below?: (row: Row) => ReactNode;
  /** Rows that are as they were last seen: newer ones have pushed them off the page that is read. */
  readonly past?: ReadonlySet<string> | undefined;
  /** Beside another table of the same page, which the keys are for. */
  readonly isAside?: boolean;
}

/** A real table, gone through by j and k. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
  onOpen,
  openKey,
  below,
  past,
  isAside = false,
}: DataTableProps<Row>) {
  const { live } = useWords();
  const [marked, mark] = useState<string>();
  const body = useRef<HTMLTableSectionElement>(null);
  const index = rows.findIndex((row) => keyOf(row) === marked);
  const go = (by: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (row !== undefined) mark(keyOf(row));
  };
  useKeys(
    isAside
      ? {}
      : {
          j: () => go(1),
          k: () => go(index < 0 ? 1 : -1),
          // Also while no row is marked: who types j and Enter at once means the row that j marks.
          ...(onOpen === undefined ? {} : { Enter: () => index >= 0 && onOpen(rows[index]!) }),
        },
  );
  useEffect(() => {
    if (marked !== undefined)
      body.current?.querySelector('[data-marked=true]')?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  const classOf = ({ align, from, isWide }: Column<Row>) =>
    classes(align === 'right' && css['right'], from && css[from], isWide && css['wide']);
  return (
    // What reaches beyond a small screen is reached by keys too.
    <div className={css['frame']} role="group" aria-label={caption} tabIndex={0}>
      <table className={css['table']}>
        <caption className={css['caption']}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => {
            const key = keyOf(row);
            const extra = below?.(row);
            return [
              <tr
                key={key}
                data-marked={key === marked}
                data-open={key === openKey}
                data-past={past?.has(key) ?? false}
                title={past?.has(key) ? live.past : undefined}
                className={classes(onOpen !== undefined && css['opens'])}
                onClick={(event) => {
                  // Links and buttons in a row have work of their own, and who selects text does not open.
                  const isOther =
                    (event.target as HTMLElement).closest('a, button, input, label, [popover]') !== null;
                  if (!isOther && getSelection()?.isCollapsed !== false) onOpen?.(row);
                }}
              >
                {columns.map((column) => (
                  <td key={column.id} className={classOf(column)}>
                    {column.opens && onOpen !== undefined ? (
                      <button type="button" className={css['way']} onClick={() => onOpen(row)}>
                        {column.cell(row)}
                      </button>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>,
              extra !== undefined && extra !== null && (
                <tr key={`${key} below`} className={css['below']}>
                  <td colSpan={columns.length}>{extra}</td>
                </tr>
              ),
            ];
          })}
        </tbody>
      </table>
    </div>
  );
}
