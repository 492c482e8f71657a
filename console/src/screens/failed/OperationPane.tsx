import { useLocation } from 'wouter';
import { useEffect } from 'react';
import { Outcome } from '../../operations/Outcome.js';
import { progressOf } from '../../operations/progress.js';
import { useOperations } from '../../operations/use-operations.js';
import { words as operationWords } from '../../operations/words.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Time } from '../../ui/Time.js';
import { useWordsOf } from '../../words/index.js';
import { words as failedWords } from './words.js';

/** One call of staff, and what came of it. Nudges have a page of their own. */
export function OperationPane({
  operationId,
  onClose,
}: {
  readonly operationId: string;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(operationWords);
  const { operation: title } = useWordsOf(failedWords);
  const [, navigate] = useLocation();
  const { operations, error } = useOperations([operationId]);
  const [operation] = operations;
  const isNudge = operation?.action.startsWith('nudge') === true;
  useEffect(() => {
    if (isNudge) navigate(`/stuck?operation=${operationId}`, { replace: true });
  }, [isNudge, navigate, operationId]);
  return (
    <Dialog isOpen side="right" onClose={onClose} title={title}>
      {operation === undefined && error !== null && <Problem error={error} />}
      {operation === undefined && error === null && <Skeleton lines={6} />}
      {operation !== undefined && (
        <>
          <Facts
            facts={[
              [words.facts.action, words.actions[operation.action] ?? operation.action],
              [words.facts.at, <Time key="at" at={operation.startedAt} />],
              [words.facts.by, <Id key="by" id={operation.actorId} what={words.facts.by} />],
              [words.facts.result, words.results[operation.result] ?? operation.result],
              [words.facts.operation, <Id key="call" id={operationId} what={words.facts.operation} />],
            ]}
          />
          <Outcome progress={progressOf(operation)} kind="letters" />
        </>
      )}
    </Dialog>
  );
}
