import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import css from './Strip.module.css';

export interface Line {
  readonly label: string;
  readonly tone: string;
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

const HEIGHT = 150;
const TICKS_APART = 90;

/** The colour that a token has here and now, as a canvas takes it. */
function colourOf(root: HTMLElement, token: string): string {
  const probe = root.ownerDocument.createElement('i');
  probe.style.color = `var(--${token})`;
  root.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function optionsOf(latest: { current: ChartProps }, root: HTMLElement): uPlot.Options {
  const colour = (token: string) => () => colourOf(root, token);
  const { fontFamily } = getComputedStyle(root);
  const axis: uPlot.Axis = {
    stroke: colour('text-soft'),
    font: `12px ${fontFamily}`,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: root.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: () => [...latest.current.range] },
      y: { range: (_, __, max) => [0, Math.max(4, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: TICKS_APART,
        values: (_, splits) => splits.map((second) => latest.current.clock(second)),
      },
      {
        ...axis,
        size: 56,
        space: 34,
        values: (_, splits) => splits.map((value) => latest.current.value(value)),
      },
    ],
    series: [
      {},
      ...latest.current.lines.map(({ label, tone }): uPlot.Series => ({
        label,
        stroke: colour(tone),
        width: 2,
        points: { show: (plot) => plot.data[0].length < 3 },
      })),
    ],
  };
}

/** Lines over the last minutes, drawn anew with each moment that comes. */
export default function Chart(props: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const own = root.current!;
    const made = new uPlot(optionsOf(latest, own), [[]], own);
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: own.clientWidth, height: HEIGHT }));
    sized.observe(own);
    return () => {
      sized.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const { at, lines } = props;
    plot.current?.setData([[...at], ...lines.map(({ values }) => [...values])]);
  });
  return <div ref={root} className={css['canvas']} role="img" aria-label={props.label} />;
}
