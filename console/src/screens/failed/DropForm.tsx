import type { DeadLetter } from '@jangteo/client';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useApi } from '../../api/index.js';
import { Button } from '../../ui/Button.js';
import { Problem } from '../../ui/Problem.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './failed.module.css';
import { dropLetter } from './sendings.js';
import { words as failedWords } from './words.js';

/** Why a message is dropped, which is kept with it. */
export function DropForm({
  letter,
  onCancel,
  onDropped,
}: {
  readonly letter: DeadLetter;
  readonly onCancel: () => void;
  readonly onDropped: () => void;
}) {
  const { drop: words } = useWordsOf(failedWords);
  const { actions } = useWords();
  const api = useApi();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = (new FormData(event.currentTarget).get('reason') as string).trim();
    setBusy(true);
    try {
      await dropLetter(api, letter, reason);
      onDropped();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)}>
      <h3>{words.title}</h3>
      <p>{words.what}</p>
      <label htmlFor={id}>{words.label}</label>
      <input ref={field} id={id} name="reason" required maxLength={500} pattern=".*\S.*" autoComplete="off" />
      {error !== undefined && <Problem error={error} />}
      <div className={css['formButtons']}>
        <Button onClick={onCancel}>{actions.cancel}</Button>
        <Button kind="danger" type="submit" disabled={isBusy}>
          {words.confirm}
        </Button>
      </div>
    </form>
  );
}
