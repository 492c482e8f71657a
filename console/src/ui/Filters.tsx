import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useWords } from '../words/index.js';
import { Button } from './Button.js';
import css from './Filters.module.css';

export interface Chip {
  readonly name: string;
  /** The filter in words, with its value. */
  readonly label: string;
}

/** The filters of a list, and those that its rows were asked for with. */
export function Filters({
  children,
  chips,
  onRemove,
  onClear,
}: {
  readonly children: ReactNode;
  readonly chips: readonly Chip[];
  readonly onRemove: (name: string) => void;
  readonly onClear: () => void;
}) {
  const { actions } = useWords();
  return (
    <div className={css['filters']}>
      <div className={css['fields']}>{children}</div>
      {chips.length > 0 && (
        <ul className={css['chips']}>
          {chips.map(({ name, label }) => (
            <li key={name}>
              <button
                type="button"
                className={css['chip']}
                aria-label={actions.remove(label)}
                onClick={() => onRemove(name)}
              >
                {label}
                <X aria-hidden />
              </button>
            </li>
          ))}
          <li>
            <Button kind="quiet" onClick={onClear}>
              {actions.clear}
            </Button>
          </li>
        </ul>
      )}
    </div>
  );
}

export function SelectField({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  /** Values with their words; the first one is for none of them. */
  readonly options: readonly (readonly [value: string, word: string])[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {options.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A text that is asked for when it is done: by Enter, or by going elsewhere. */
export function TextField({
  label,
  value,
  onChange,
  type = 'text',
  placeholder,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'number' | 'datetime-local' | 'search';
  readonly placeholder?: string;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // Another value from elsewhere (a chip that is removed, a step back) is shown.
  useLayoutEffect(() => {
    if (input.current!.value.trim() !== value) input.current!.value = value;
  }, [value]);
  const tell = ({ value: text, validity }: HTMLInputElement) => {
    // Half of a date is none yet.
    if (!validity.badInput && text.trim() !== value) onChange(text.trim());
  };
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type={type}
        defaultValue={value}
        placeholder={placeholder}
        spellCheck={false}
        onBlur={({ currentTarget }) => tell(currentTarget)}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && tell(currentTarget)}
      />
    </div>
  );
}
