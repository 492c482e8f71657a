import { JangteoError } from '@jangteo/client';
import type { ReactNode } from 'react';
import { useFresh } from '../api/fresh.js';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './Elsewhere.module.css';
import { shortOf } from './format.js';
import { Problem } from './Problem.js';

/** How a row is shown beside its list. */
export interface Pane<Row> {
  /** Of the row's key in the address. */
  readonly name: string;
  readonly of: (row: Row, close: () => void) => ReactNode;
  /** Reads a row by its key, wherever in the list it is; null where there is none. */
  readonly read: (key: string, signal: AbortSignal) => Promise<Row | null>;
}

/** A row that the address opens and that is not on the page: links are kept for longer than rows are the newest. */
export function Elsewhere<Row>({
  rowKey,
  pane,
  onClose,
}: {
  readonly rowKey: string;
  readonly pane: Pane<Row>;
  readonly onClose: () => void;
}) {
  const { actions, live } = useWords();
  const { data, isEarlier, error, refresh } = useFresh(['elsewhere', pane.name, rowKey], (signal) =>
    pane.read(rowKey, signal).catch((cause: unknown) => {
      if (cause instanceof JangteoError && cause.status === 404) return null;
      throw cause;
    }),
  );
  if (error !== null) return <Problem error={error} onRetry={refresh} />;
  if (data === undefined || isEarlier) return null;
  if (data !== null) return pane.of(data, onClose);
  return (
    <p role="status" className={css['gone']}>
      {live.gone(shortOf(rowKey))}
      <Button onClick={onClose}>{actions.close}</Button>
    </p>
  );
}
