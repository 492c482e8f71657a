import { ArrowRight, X } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../ui/Button.js';
import { countOf, shortOf } from '../ui/format.js';
import { Problem } from '../ui/Problem.js';
import { Status } from '../ui/Status.js';
import { useLanguage, useWordsOf } from '../words/index.js';
import css from './Outcome.module.css';
import { stagesOf, type Progress } from './progress.js';
import { useOperations } from './use-operations.js';
import { words as operationWords } from './words.js';

export interface OutcomeProps {
  readonly progress: Progress;
  readonly kind: 'letters' | 'nudges';
  /** Where a call is shown by itself; left out where that is here. */
  readonly hrefOf?: (operationId: string) => string;
  readonly onGoOn?: () => void;
  /** Once it is over. */
  readonly onDismiss?: () => void;
}

/** What was asked, how much of it was done, and what became of that: from the rows of those who got it, not guessed. */
export function Outcome({ progress, kind, hrefOf, onGoOn, onDismiss }: OutcomeProps) {
  const words = useWordsOf(operationWords);
  const language = useLanguage();
  const { fates, error } = useOperations(progress.operationIds);
  const { isUnderWay, requested, sent, operationIds } = progress;
  const isOver = !isUnderWay && progress.error === undefined;
  return (
    <div className={css['outcome']}>
      <div className={css['line']}>
        <div role="status">
          <ol className={css['stages']} aria-label={words.label}>
            {stagesOf(progress, fates).map(({ id, count, of, tone }) => (
              <li key={id} className={css['stage']}>
                <ArrowRight aria-hidden className={css['arrow']} />
                <Status tone={tone} isBare>
                  {`${words[kind][id]} ${countOf(count, language)}${of === undefined ? '' : `/${countOf(of, language)}`}`}
                </Status>
              </li>
            ))}
          </ol>
        </div>
        {hrefOf !== undefined && operationIds.length > 0 && (
          <span className={css['calls']}>
            {words.calls}{' '}
            {operationIds.map((id) => (
              <Link key={id} href={hrefOf(id)} title={id}>
                <code>{shortOf(id)}</code>
              </Link>
            ))}
          </span>
        )}
        {onDismiss !== undefined && isOver && (
          <Button
            kind="quiet"
            className={css['dismiss']}
            icon={<X aria-hidden />}
            aria-label={words.dismiss}
            title={words.dismiss}
            onClick={onDismiss}
          />
        )}
      </div>
      {isUnderWay && (
        <progress
          className={css['bar']}
          value={sent}
          max={Math.max(1, requested)}
          aria-label={words[kind].sending}
        />
      )}
      {progress.error !== undefined && (
        <>
          <p>{words.stopped(sent, requested)}</p>
          <Problem error={progress.error} />
          {onGoOn !== undefined && <Button onClick={onGoOn}>{words.goOn}</Button>}
        </>
      )}
      {error !== null && progress.error === undefined && (
        <p className={css['away']}>{`${words.away}: ${error.message}`}</p>
      )}
    </div>
  );
}
