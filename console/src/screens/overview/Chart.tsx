import { ceilingOf, pathOf, ticksOf } from '../../ui/chart/lines.js';
import { Plot } from '../../ui/chart/Plot.js';
import css from './Chart.module.css';

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

/** Lines over the last minutes. */
export function Chart({ label, at, range: [from, to], lines, clock, value }: ChartProps) {
  const range = { from, to };
  const known = lines.flatMap(({ values }) => values.filter((one) => one !== null));
  const max = ceilingOf(known.reduce((most, one) => Math.max(most, one), 0));
  const ticks = ticksOf(range, SECONDS_APART).map((second) => ({
    at: (second - from) / (to - from),
    text: clock(second),
  }));
  return (
    <Plot role="img" aria-label={label} max={max} value={value} ticks={ticks}>
      {lines.map(({ label: name, tone, values }) => (
        <path key={name} className={css['line']} data-tone={tone} d={pathOf(at, values, range, max)} />
      ))}
    </Plot>
  );
}
