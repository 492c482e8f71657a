import type { HTMLAttributes, ReactNode } from 'react';
import { HEIGHT, WIDTH } from './lines.js';
import css from './Plot.module.css';

/** Shares of the greatest value that are marked. */
const SHARES = [1, 0.5, 0];

export interface Tick {
  /** Between 0 at the left and 1 at the right. */
  readonly at: number;
  readonly text: string;
  /** It goes where there is little room. */
  readonly isSpare?: boolean;
}

/**
 * A drawing with its axes, in a box of {@link WIDTH} by {@link HEIGHT}. Its labels are text beside the drawing, so that
 * they keep their shape at any width.
 */
export function Plot({
  max,
  value,
  ticks,
  children,
  ...attributes
}: Omit<HTMLAttributes<HTMLDivElement>, 'className'> & {
  /** The value at the top. */
  readonly max: number;
  readonly value: (value: number) => string;
  readonly ticks: readonly Tick[];
  readonly children: ReactNode;
}) {
  return (
    <div {...attributes} className={css['plot']}>
      <ul className={css['values']}>
        {SHARES.map((share) => (
          <li key={share} style={{ top: `${(1 - share) * 100}%` }}>
            {value(share * max)}
          </li>
        ))}
      </ul>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
        {SHARES.map((share) => (
          <path key={share} className={css['grid']} d={`M0 ${(1 - share) * HEIGHT}H${WIDTH}`} />
        ))}
        {children}
      </svg>
      <ul className={css['ticks']}>
        {ticks.map(({ at, text, isSpare }) => (
          <li key={at} data-spare={isSpare} style={{ left: `${at * 100}%` }}>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
