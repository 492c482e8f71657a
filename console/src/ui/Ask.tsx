import { JangteoError } from '@jangteo/client';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './Ask.module.css';
import { Dialog } from './Dialog.js';
import { Problem } from './Problem.js';

/** The fields of a form that was sent, by their names. */
export type Fields = Readonly<Record<string, string>>;

/** Asks before something is done: what it will do, in sentences, and what has to be known for it. */
export function Ask({
  title,
  effects,
  verb,
  isDanger = false,
  onDo,
  onClose,
  children,
}: {
  readonly title: string;
  readonly effects: ReactNode;
  /** What the button says: a verb and its object. */
  readonly verb: string;
  readonly isDanger?: boolean;
  /** Done once it resolves; what it fails with is shown, and everything that was written stays. */
  readonly onDo: (fields: Fields) => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}) {
  const { actions } = useWords();
  const form = useId();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget)) as Fields;
    setBusy(true);
    setError(undefined);
    await onDo(fields).catch((cause: unknown) => setError(cause));
    setBusy(false);
  };
  return (
    <Dialog
      isOpen
      title={title}
      onClose={isBusy ? undefined : onClose}
      actions={
        <>
          <Button onClick={onClose} disabled={isBusy}>
            {actions.cancel}
          </Button>
          <Button kind={isDanger ? 'danger' : 'main'} type="submit" form={form} disabled={isBusy}>
            {verb}
          </Button>
        </>
      }
    >
      <form id={form} className={css['form']} onSubmit={(event) => void submit(event)}>
        <div className={css['effects']}>{effects}</div>
        {children}
        {error !== undefined && <Problem error={error} />}
        {error instanceof JangteoError && error.fields.length > 0 && (
          <ul className={css['faults']}>
            {error.fields.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        )}
      </form>
    </Dialog>
  );
}

/** A field of a form, with its name above it. */
export function Field({
  label,
  name,
  isLong = false,
  ...rest
}: {
  readonly label: string;
  readonly name: string;
  readonly isLong?: boolean;
  readonly type?: 'text' | 'number';
  readonly required?: boolean;
  readonly step?: number;
  readonly min?: number;
  readonly maxLength?: number;
  readonly defaultValue?: string | number | undefined;
}) {
  const id = useId();
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      {isLong ? (
        <textarea id={id} name={name} rows={3} required={rest.required} maxLength={rest.maxLength} />
      ) : (
        <input id={id} name={name} autoComplete="off" {...rest} />
      )}
    </div>
  );
}
