import { useState } from 'react';
import { ceilingOf, HEIGHT, WIDTH } from '../../ui/chart/lines.js';
import { Plot, type Tick } from '../../ui/chart/Plot.js';
import css from './Sales.module.css';
import { barsOf } from './bar-places.js';

/** A value with the words that are said of it. */
export interface Told {
  readonly at: string;
  /** Null where it is not known. */
  readonly value: number | null;
  readonly text: string;
}

const STEPS: Readonly<Record<string, (index: number, last: number) => number>> = {
  ArrowLeft: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * A bar for each value. The one that is pointed at is told in words, and so is the one that keys have gone to: left,
 * right, Home and End.
 *
 * @param summary what is said while nothing is pointed at
 */
export function Bars({
  label,
  summary,
  told,
  ticks,
  value,
}: {
  readonly label: string;
  readonly summary: string;
  readonly told: readonly Told[];
  readonly ticks: readonly Tick[];
  readonly value: (value: number) => string;
}) {
  const [marked, mark] = useState<string>();
  const [isFocused, setFocused] = useState(false);
  const last = told.length - 1;
  const found = told.findIndex(({ at }) => at === marked);
  const index = found < 0 ? last : found;
  const shown = found >= 0 || isFocused ? index : undefined;
  const max = ceilingOf(told.reduce((most, one) => Math.max(most, one.value ?? 0), 0));
  const bars = barsOf(
    told.map((one) => one.value),
    max,
  );
  const room = WIDTH / told.length;
  return (
    <figure className={css['chart']}>
      <figcaption>
        <span>{label}</span>
        <b>{shown === undefined ? summary : told[shown]!.text}</b>
      </figcaption>
      <Plot
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={index}
        aria-valuetext={told[index]!.text}
        max={max}
        value={value}
        ticks={ticks}
        onKeyDown={(event) => {
          const next = STEPS[event.key]?.(index, last);
          if (next === undefined) return;
          event.preventDefault();
          mark(told[Math.min(last, Math.max(0, next))]!.at);
        }}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          mark(undefined);
        }}
        onPointerLeave={() => mark(undefined)}
      >
        {bars.map(({ x, y, width, height }, place) => (
          <rect
            key={told[place]!.at}
            className={css[told[place]!.value === null ? 'unknown' : 'bar']}
            data-shown={place === shown}
            {...{ x, y, width, height }}
          />
        ))}
        {told.map(({ at }, place) => (
          <rect
            key={at}
            className={css['room']}
            x={place * room}
            y={0}
            width={room}
            height={HEIGHT}
            onPointerEnter={() => mark(at)}
          />
        ))}
      </Plot>
    </figure>
  );
}
