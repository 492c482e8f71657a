import type { ListPage } from '@jangteo/client';
import type { QueryKey } from '@tanstack/react-query';
import { useState } from 'react';
import { useFresh, type Fresh } from './fresh.js';

export interface ListOf<Row> extends Pick<Fresh<unknown>, 'isEarlier' | 'error' | 'freshness' | 'refresh'> {
  /** Undefined until the first answer. */
  readonly rows: readonly Row[] | undefined;
  readonly next: string | undefined;
  /** Rows that came since, and are not shown until somebody wants them: nothing moves under the hand. */
  readonly newRows: number;
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
): ListOf<Row> {
  const { data, isEarlier, ...rest } = useFresh(key, read, { everyMs });
  const name = JSON.stringify(key);
  const [shown, setShown] = useState<{ readonly name: string; readonly keys: readonly string[] }>();
  const showNew = () => data && setShown({ name, keys: data.items.map(keyOf) });
  const latest = new Map((data?.items ?? []).map((row) => [keyOf(row), row]));
  // A list that was asked for anew, or nothing of which is there any more, is shown as it is.
  const isNew = isEarlier || shown?.name !== name || shown.keys.every((one) => !latest.has(one));
  if (data !== undefined && isNew && !isEarlier && (shown?.name !== name || latest.size > 0)) showNew();
  const keys = isNew ? [...latest.keys()] : shown.keys.filter((one) => latest.has(one));
  return {
    ...rest,
    isEarlier,
    rows: data && keys.map((one) => latest.get(one)!),
    next: data?.next,
    newRows: latest.size - keys.length,
    showNew,
  };
}
