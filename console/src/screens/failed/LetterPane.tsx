import type { DeadLetterWithBody } from '@jangteo/client';
import { Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApi, useMay } from '../../api/index.js';
import { useFresh } from '../../api/fresh.js';
import { Outcome } from '../../operations/Outcome.js';
import { useUndertakings } from '../../operations/use-operations.js';
import { Button } from '../../ui/Button.js';
import { Id } from '../../ui/Copy.js';
import { Dialog } from '../../ui/Dialog.js';
import { Facts } from '../../ui/Facts.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Time } from '../../ui/Time.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './failed.module.css';
import { letterKey, SERVICES } from './filters.js';
import { DropForm } from './DropForm.js';
import { LetterState, OrderOfLetter } from './letter-columns.js';
import { Earlier, LetterBody, LetterHeaders, RuleOfLetter, WhatIf } from './LetterParts.js';
import { serviceOfLetter } from './reads.js';
import { letterSendings, sendLetter } from './sendings.js';
import { reasonOf, words as failedWords } from './words.js';

/**
 * A message as it is now; null where no service has it.
 * @param of the service that has it, as a list says; of what a find leads to it is looked up
 */
function useLetter(deadLetterId: string, of: string | undefined) {
  const api = useApi();
  return useFresh<DeadLetterWithBody | null>(['deadLetter', deadLetterId], async (signal) => {
    const service = SERVICES.find((one) => one === of) ?? (await serviceOfLetter(api, deadLetterId, signal));
    return service === undefined ? null : await api.admin.deadLetter(service, deadLetterId, { signal });
  });
}

function LetterFacts({ letter }: { readonly letter: DeadLetterWithBody }) {
  const words = useWordsOf(failedWords);
  const { deadLetterId, service, queue, messageId, reason, parkedAt, state } = letter;
  const { settledAt, settledBy, settledReason } = letter;
  const byWhom = settledBy && <Id key="by" id={settledBy} what={words.letter.by} />;
  return (
    <Facts
      facts={[
        [words.columns.state, <LetterState key="state" state={state} />],
        [words.columns.reason, reasonOf(reason, words)],
        [words.columns.service, service],
        [words.letter.queue, <code key="queue">{queue}</code>],
        [words.letter.order, <OrderOfLetter key="order" letter={letter} />],
        [
          words.letter.messageId,
          messageId && <Id key="message" id={messageId} what={words.letter.messageId} />,
        ],
        [words.letter.deadLetterId, <Id key="id" id={deadLetterId} what={words.letter.deadLetterId} />],
        [words.letter.parked, <Time key="parked" at={parkedAt} />],
        [words.letter.settledAt[state] ?? state, settledAt && <Time key="settled" at={settledAt} />],
        [words.letter.by, settledBy === 'system' ? words.letter.system : byWhom],
        [words.letter.why, settledReason],
      ]}
    />
  );
}

function LetterActions({
  letter,
  onDrop,
  onChanged,
}: {
  readonly letter: DeadLetterWithBody;
  readonly onDrop: () => void;
  readonly onChanged: () => void;
}) {
  const words = useWordsOf(failedWords);
  const { actions } = useWords();
  const api = useApi();
  const mayNot = useMay('operator') ? undefined : actions.notAllowed('operator');
  const done = useUndertakings(letterSendings).find(({ key }) => key === letterKey(letter));
  const isSending = done?.progress?.isUnderWay === true;
  // What was done here is newer than what was read before it.
  const { state } = letter.state === 'WAITING' && done !== undefined ? done.thing : letter;
  const isSettled = state !== 'WAITING' ? words.letter.settled : undefined;
  const isNever = letter.sendable ? undefined : words.send.unsendable;
  return (
    <>
      <Button
        kind="danger"
        icon={<Trash2 aria-hidden />}
        refusal={mayNot ?? isSettled}
        disabled={isSending}
        onClick={onDrop}
      >
        {words.drop.action}
      </Button>
      <Button
        kind="main"
        icon={<Send aria-hidden />}
        refusal={mayNot ?? isSettled ?? isNever}
        onClick={() => void sendLetter(api, letter).then(onChanged)}
      >
        {words.letter.send}
      </Button>
    </>
  );
}

/** One message: which rule refused it, what is in it, what it was before, and what happens if it is sent again. */
export function LetterPane({
  deadLetterId,
  of,
  onClose,
}: {
  readonly deadLetterId: string;
  readonly of: string | undefined;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(failedWords);
  const [isDropping, drop] = useState(false);
  const { data: letter, error, refresh } = useLetter(deadLetterId, of);
  const done = useUndertakings(letterSendings).find(({ thing }) => thing.deadLetterId === deadLetterId);
  const close = () => (isDropping ? drop(false) : onClose());
  const buttons = letter && !isDropping && (
    <LetterActions letter={letter} onDrop={() => drop(true)} onChanged={refresh} />
  );
  return (
    <Dialog
      isOpen
      side="right"
      isLight={!isDropping}
      onClose={close}
      title={letter ? <code>{letter.type || words.group.untyped}</code> : words.letter.title}
      actions={buttons || undefined}
    >
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {letter === undefined && error === null && <Skeleton lines={10} />}
      {letter === null && <p>{words.letter.missing}</p>}
      {letter && isDropping && (
        <DropForm
          letter={letter}
          onCancel={() => drop(false)}
          onDropped={() => {
            drop(false);
            refresh();
          }}
        />
      )}
      {letter && !isDropping && (
        <div className={css['parts']}>
          {done?.progress !== undefined && (
            <Outcome
              progress={done.progress}
              kind="letters"
              onGoOn={() => void letterSendings.goOn(letterKey(letter))}
            />
          )}
          <WhatIf letter={letter} />
          <RuleOfLetter letter={letter} />
          <LetterFacts letter={letter} />
          <LetterBody letter={letter} />
          <LetterHeaders letter={letter} />
          <Earlier letter={letter} />
        </div>
      )}
    </Dialog>
  );
}
