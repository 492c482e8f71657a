import { classes } from './classes.js';
import css from './Tabs.module.css';

/** Views of one list, of which each has its address. */
export function Tabs<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  /** Undefined where what is shown is none of them. */
  readonly value: Value | undefined;
  readonly options: readonly (readonly [value: Value, word: string])[];
  readonly onChange: (value: Value) => void;
}) {
  return (
    <div className={css['tabs']} role="group" aria-label={label}>
      {options.map(([one, word]) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === value}
          className={classes(css['tab'], one === value && css['chosen'])}
          onClick={() => onChange(one)}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
