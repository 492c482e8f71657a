import { useId, type ComponentProps, type ReactNode } from 'react';
import { classes } from './classes.js';
import css from './Button.module.css';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: 'main' | 'plain' | 'quiet' | 'danger';
  readonly icon?: ReactNode;
  /** Why it cannot be used now; it is shown all the same, and says so to whoever presses it. */
  readonly refusal?: string | undefined;
}

export function Button({ kind = 'plain', icon, refusal, className, children, ...rest }: ButtonProps) {
  const id = useId();
  // Where there is no mouse, no title is ever seen.
  const refused = refusal !== undefined && {
    'aria-disabled': true,
    title: refusal,
    onClick: undefined,
    popoverTarget: id,
  };
  return (
    <>
      <button
        type="button"
        {...rest}
        {...refused}
        className={classes(css['button'], css[kind], children === undefined && css['bare'], className)}
      >
        {icon}
        {children}
        {refusal !== undefined && <span className={css['refusal']}>{refusal}</span>}
      </button>
      {refusal !== undefined && (
        <span id={id} popover="auto" aria-hidden className={css['why']}>
          {refusal}
        </span>
      )}
    </>
  );
}
