import type { ListPage } from '@jangteo/client';
import type { QueryKey } from '@tanstack/react-query';
import { useReducer, useRef } from 'react';
import { useAddress } from '../ui/address.js';
import { useFresh, type Fresh } from './fresh.js';
import { allOf, shownWith, type ShownRows } from './shown-rows.js';

export interface ListOf<Row>
  extends
    Pick<Fresh<unknown>, 'isEarlier' | 'error' | 'freshness' | 'refresh'>,
    Omit<ShownRows<Row>, 'rows'> {
  /** Undefined until the first answer. */
  readonly rows: readonly Row[] | undefined;
  readonly next: string | undefined;
  readonly showNew: () => void;
}

/**
 * A page of a list, and what changes in it.
 *
 * @param key names the list with its filters and its cursor
 */
export function useList<Row>(
  key: QueryKey,
  read: (signal: AbortSignal) => Promise<ListPage<Row>>,
  keyOf: (row: Row) => string,
  everyMs?: number,
  isOldestFirst = false,
): ListOf<Row> {
  const { data, isEarlier, ...rest } = useFresh(key, read, { everyMs });
  const [{ wall }] = useAddress();
  const name = JSON.stringify(key);
  // As it was shown last, with what was read of each row last.
  const kept = useRef<{ readonly name: string; readonly rows: readonly Row[] }>(undefined);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const items = data?.items ?? [];
  // Where nobody has a hand at it, the newest are shown at once.
  const isHeldOn = wall !== '1' && kept.current?.name === name && !isEarlier;
  const before = isHeldOn ? kept.current?.rows : undefined;
  const shown =
    data === undefined || before === undefined ? allOf(items) : shownWith(before, data, keyOf, isOldestFirst);
  if (data !== undefined && !isEarlier) kept.current = { name, rows: shown.rows };
  return {
    ...rest,
    ...shown,
    isEarlier,
    rows: data && shown.rows,
    next: data?.next,
    showNew: () => {
      kept.current = undefined;
      draw();
    },
  };
}
