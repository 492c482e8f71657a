import css from './Chart.module.css';
import { ceilingOf, HEIGHT, pathOf, ticksOf, WIDTH } from './lines.js';

export interface Line {
  readonly label: string;
  readonly tone: 'done' | 'undone' | 'act' | 'working' | 'accent';
  /** A value a moment; null where there is none, and the line is broken. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly label: string;
  /** Seconds since 1970. */
  readonly at: readonly number[];
  /** The first and the last second that are drawn, whether anything is known of them or not. */
  readonly range: readonly [from: number, to: number];
  readonly lines: readonly Line[];
  readonly clock: (seconds: number) => string;
  readonly value: (value: number) => string;
}

const SECONDS_APART = 120;
/** Shares of the greatest value that are marked. */
const SHARES = [1, 0.5, 0];

/** Lines over the last minutes. Its labels are text beside the drawing, so that they keep their shape at any width. */
export function Chart({ label, at, range: [from, to], lines, clock, value }: ChartProps) {
  const range = { from, to };
  const known = lines.flatMap(({ values }) => values.filter((one) => one !== null));
  const max = ceilingOf(known.reduce((most, one) => Math.max(most, one), 0));
  return (
    <div className={css['chart']} role="img" aria-label={label}>
      <ul className={css['values']}>
        {SHARES.map((share) => (
          <li key={share} style={{ top: `${(1 - share) * 100}%` }}>
            {value(share * max)}
          </li>
        ))}
      </ul>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {SHARES.map((share) => (
          <path key={share} className={css['grid']} d={`M0 ${(1 - share) * HEIGHT}H${WIDTH}`} />
        ))}
        {lines.map(({ label: name, tone, values }) => (
          <path key={name} className={css['line']} data-tone={tone} d={pathOf(at, values, range, max)} />
        ))}
      </svg>
      <ul className={css['clocks']}>
        {ticksOf(range, SECONDS_APART).map((second) => (
          <li key={second} style={{ left: `${((second - from) / (to - from)) * 100}%` }}>
            {clock(second)}
          </li>
        ))}
      </ul>
    </div>
  );
}
