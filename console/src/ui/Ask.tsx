import {
  createContext,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from 'react';
import { Intent } from '../api/intent.js';
import { useLanguage, useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './Ask.module.css';
import { Dialog } from './Dialog.js';
import { faultsOf } from './faults.js';
import { fieldsOf, type Fields } from './fields.js';
import { moneyLabelOf } from './format.js';
import { Problem } from './Problem.js';

/** Goes with what a form asks for, so that a second press does not do it twice where the first answer was lost. */
export interface Once {
  readonly idempotencyKey: string;
}

/** All that is chosen and written in a form, as text: what has no name is sent by other ways, and counts too. */
const textOf = (form: HTMLFormElement): string =>
  JSON.stringify(
    [...form.elements].map((field) => {
      const { value = '', checked = false } = field as Partial<HTMLInputElement>;
      return [value, checked];
    }),
  );

/** What is wrong with fields, by their names. */
const Faults = createContext<ReadonlyMap<string, string>>(new Map());

/** All that is wrong with a form, each leading to its field; what no field is for stands under its own name. */
function Summary({
  faults,
  fieldOf,
}: {
  readonly faults: ReadonlyMap<string, string>;
  readonly fieldOf: (name: string) => HTMLInputElement | undefined;
}) {
  return (
    <ul className={css['faults']}>
      {[...faults].map(([name, fault]) => {
        const field = fieldOf(name);
        return (
          <li key={name}>
            {field === undefined ? (
              <code>{name}</code>
            ) : (
              <a
                href={`#${field.id}`}
                onClick={(event) => {
                  event.preventDefault();
                  field.focus();
                }}
              >
                {field.labels?.[0]?.textContent}
              </a>
            )}
            : {fault}
          </li>
        );
      })}
    </ul>
  );
}

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
  readonly onDo: (fields: Fields, once: Once) => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}) {
  const { actions } = useWords();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [intent] = useState(() => new Intent());
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const faults = faultsOf(error);
  const fieldOf = (name: string): HTMLInputElement | undefined => {
    const field = form.current?.elements.namedItem(name);
    return field instanceof HTMLElement ? (field as HTMLInputElement) : undefined;
  };
  useEffect(() => {
    for (const [name] of faults) {
      const field = fieldOf(name);
      if (field === undefined) continue;
      field.focus();
      return;
    }
  }, [error]);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = fieldsOf(new FormData(event.currentTarget));
    setBusy(true);
    setError(undefined);
    await intent
      .do(textOf(event.currentTarget), (idempotencyKey) => onDo(fields, { idempotencyKey }))
      .catch((cause: unknown) => setError(cause));
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
          <Button kind={isDanger ? 'danger' : 'main'} type="submit" form={id} disabled={isBusy}>
            {verb}
          </Button>
        </>
      }
    >
      <form ref={form} id={id} className={css['form']} onSubmit={(event) => void submit(event)}>
        <div className={css['effects']}>{effects}</div>
        <Faults value={faults}>{children}</Faults>
        {error !== undefined && <Problem error={error} />}
        {faults.size > 0 && <Summary faults={faults} fieldOf={fieldOf} />}
      </form>
    </Dialog>
  );
}

/** A field of a form, with its name above it. */
export function Field({
  label,
  name,
  isLong = false,
  isMoney = false,
  ...rest
}: {
  readonly label: string;
  readonly name: string;
  /** Of several lines; an input would take their ends out of what it is filled with. */
  readonly isLong?: boolean;
  /** Asked for in the smallest unit, as the API has it. */
  readonly isMoney?: boolean;
  readonly type?: 'text' | 'number' | 'datetime-local';
  readonly required?: boolean;
  readonly step?: number;
  readonly min?: number;
  readonly maxLength?: number;
  readonly defaultValue?: string | number | undefined;
}) {
  const id = useId();
  const language = useLanguage();
  const fault = useContext(Faults).get(name);
  const common = {
    ...rest,
    id,
    name,
    'aria-invalid': fault !== undefined,
    'aria-describedby': `${id}-fault`,
  };
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{isMoney ? moneyLabelOf(label, language) : label}</label>
      {isLong ? <textarea rows={4} {...common} /> : <input autoComplete="off" {...common} />}
      <p id={`${id}-fault`} className={css['fault']}>
        {fault}
      </p>
    </div>
  );
}
