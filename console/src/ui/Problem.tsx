import { JangteoError } from '@jangteo/client';
import { TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import { CopyButton } from './Copy.js';
import { useNow } from './now.js';
import css from './Problem.module.css';

/** What went wrong, under which name the logs have it, and again: after as long as the shop asked for. */
export function Problem({
  error,
  note,
  onRetry,
}: {
  readonly error: unknown;
  /** What it means for whoever reads it. */
  readonly note?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
}) {
  const { errors, actions } = useWords();
  const known = error instanceof JangteoError ? error : undefined;
  const now = useNow();
  const [until, setUntil] = useState(0);
  useEffect(() => setUntil(Date.now() + (known?.retryAfterMs ?? 0)), [known]);
  const seconds = Math.ceil((until - now) / 1_000);
  const isAway = known !== undefined && (known.status === 503 || known.status === 504);
  return (
    <div className={css['problem']}>
      <TriangleAlert aria-hidden />
      {/* Without the button, whose countdown would be read out with each second. */}
      <div className={css['text']} role="alert">
        <strong>{known === undefined ? errors.title : known.problem.title || errors.title}</strong>
        <p>{known?.code === 'NO_ANSWER' ? errors.silent : (known?.problem.detail ?? String(error))}</p>
        {isAway && <p>{errors.away}</p>}
        {note !== undefined && <p>{note}</p>}
        <p className={css['facts']}>
          {known !== undefined && <code>{known.code}</code>}
          {known?.requestId !== undefined && (
            <span>
              {errors.requestId} <code>{known.requestId}</code>
              <CopyButton text={known.requestId} what={errors.requestId} />
            </span>
          )}
        </p>
      </div>
      {onRetry !== undefined && (
        <Button onClick={onRetry} disabled={seconds > 0}>
          {seconds > 0 ? actions.retryIn(seconds) : actions.retry}
        </Button>
      )}
    </div>
  );
}
