import css from './Books.module.css';
import type { Verdict } from './equations.js';

export const MARKS: Readonly<Record<Verdict, string>> = { SOUND: '✓', UNSOUND: '✕', UNKNOWN: '?' };

/** A verdict as a sign, beside the words that say the same. */
export function Mark({ verdict }: { readonly verdict: Verdict }) {
  return (
    <span className={css['mark']} data-verdict={verdict} aria-hidden>
      {MARKS[verdict]}
    </span>
  );
}
