/** A stretch of time in which nobody does anything, drawn with a width of its own instead of its length. */
export interface Break {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lengthMs: number;
  readonly x: number;
  readonly width: number;
}

/** A stretch between breaks, on which time is true to scale. */
export interface Run {
  readonly fromMs: number;
  readonly toMs: number;
  readonly x: number;
  readonly width: number;
}

export interface Axis {
  readonly width: number;
  readonly runs: readonly Run[];
  readonly breaks: readonly Break[];
  /** The place of a time; times before the first and after the last are at the ends. */
  x(ms: number): number;
}

export interface AxisOptions {
  /** The width to fill, in pixels; more is taken where the least widths do not fit into it. */
  readonly width: number;
  /** The width of a break. */
  readonly breakWidth: number;
  /** The least distance of two moments. */
  readonly leastWidth: number;
  /** Whether all is shown in which somebody is asked: while an order waits, how long it does is what one wants to see. */
  readonly isBusyShown?: boolean;
}

export type Interval = readonly [fromMs: number, toMs: number];

/** Shorter pauses are never left out. */
const PAUSE_LEAST_MS = 50;
/** How many times longer than all that is shown a pause is to be left out, by whether somebody is asked meanwhile. */
const [IDLE_FACTOR, BUSY_FACTOR] = [2, 10];

interface Piece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lengthMs: number;
  readonly isBreak: boolean;
}

/** The stretches between moments: shorter ones first are taken for shown, as long as they are not far longer than those. */
function piecesOf(moments: readonly number[], busy: readonly Interval[], isBusyShown: boolean): Piece[] {
  const stretches = moments.slice(1).map((toMs, index) => {
    const fromMs = moments[index]!;
    return { fromMs, toMs, lengthMs: toMs - fromMs };
  });
  const isBusy = ({ fromMs, toMs }: { fromMs: number; toMs: number }): boolean =>
    busy.some(([from, to]) => from <= fromMs && toMs <= to);
  const [always, others] = [
    stretches.filter((its) => isBusyShown && isBusy(its)),
    stretches.filter((its) => !isBusyShown || !isBusy(its)),
  ];
  const left = new Set<object>();
  let shownMs = always.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  for (const stretch of others.toSorted((one, other) => one.lengthMs - other.lengthMs)) {
    const factor = isBusy(stretch) ? BUSY_FACTOR : IDLE_FACTOR;
    const isLong = stretch.lengthMs >= PAUSE_LEAST_MS && stretch.lengthMs > factor * shownMs;
    if (isLong && shownMs > 0) left.add(stretch);
    else shownMs += stretch.lengthMs;
  }
  return stretches.map((stretch) => ({ ...stretch, isBreak: left.has(stretch) }));
}

/** The widths of the pieces: in one scale, but none below the least. */
function widthsOf(pieces: readonly Piece[], { width, breakWidth, leastWidth }: AxisOptions): number[] {
  const shown = pieces.filter(({ isBreak }) => !isBreak);
  const room = Math.max(width - breakWidth * (pieces.length - shown.length), leastWidth * shown.length);
  const least = new Set<Piece>();
  for (;;) {
    const free = shown.filter((piece) => !least.has(piece));
    const lengthMs = free.reduce((sum, piece) => sum + piece.lengthMs, 0);
    const scale = lengthMs === 0 ? 0 : (room - leastWidth * least.size) / lengthMs;
    const narrow = free.filter((piece) => piece.lengthMs * scale < leastWidth);
    // The longest alone is left in the end: it takes what there is.
    if (narrow.length === 0 || narrow.length === free.length) {
      return pieces.map((piece) => {
        if (piece.isBreak) return breakWidth;
        return least.has(piece) ? leastWidth : Math.max(leastWidth, piece.lengthMs * scale);
      });
    }
    for (const piece of narrow) least.add(piece);
  }
}

/**
 * Makes the axis on which these moments lie: one scale, except that no two moments are nearer than the least width, and
 * that idle stretches far longer than all else become breaks.
 *
 * @param moments in milliseconds, in any order
 * @param busy stretches in which somebody was asked and had not answered yet
 */
export function axisOf(moments: readonly number[], busy: readonly Interval[], options: AxisOptions): Axis {
  const sorted = [...new Set(moments)].toSorted((a, b) => a - b);
  const pieces = piecesOf(sorted, busy, options.isBusyShown ?? false);
  const widths = widthsOf(pieces, options);
  const starts: number[] = [];
  let end = 0;
  for (const width of widths) {
    starts.push(end);
    end += width;
  }
  const breaks: Break[] = [];
  const runs: Run[] = [];
  pieces.forEach(({ fromMs, toMs, lengthMs, isBreak }, index) => {
    const [x, width] = [starts[index]!, widths[index]!];
    const last = runs.at(-1);
    if (isBreak) breaks.push({ fromMs, toMs, lengthMs, x, width });
    else if (last !== undefined && last.toMs === fromMs) {
      runs[runs.length - 1] = { ...last, toMs, width: x + width - last.x };
    } else runs.push({ fromMs, toMs, x, width });
  });
  const [first = 0, last = first] = [sorted[0], sorted.at(-1)];
  const x = (ms: number): number => {
    if (ms <= first) return 0;
    if (ms >= last) return end;
    const index = pieces.findIndex(({ toMs }) => ms <= toMs);
    const { fromMs, lengthMs } = pieces[index]!;
    return starts[index]! + (widths[index]! * (ms - fromMs)) / lengthMs;
  };
  return { width: end, runs, breaks, x };
}

export interface Tick {
  readonly ms: number;
  /** Since the beginning of its run. */
  readonly sinceMs: number;
  readonly x: number;
}

/** The steps between ticks that people count in: 1, 2 and 5, and their tens; then minutes, hours and days. */
const STEPS_MS: readonly number[] = [
  ...[1, 10, 100, 1_000].flatMap((ten) => [ten, 2 * ten, 5 * ten]),
  ...[10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400].map(
    (seconds) => seconds * 1_000,
  ),
];

/** The ticks of a run after its first, at round distances from it and no nearer to each other than said. */
export function ticksOf(axis: Axis, run: Run, apart: number): Tick[] {
  const lengthMs = run.toMs - run.fromMs;
  const stepMs = STEPS_MS.find((step) => (run.width * step) / lengthMs >= apart);
  if (stepMs === undefined) return [];
  const ticks: Tick[] = [];
  for (let sinceMs = stepMs; sinceMs <= lengthMs; sinceMs += stepMs) {
    const x = axis.x(run.fromMs + sinceMs);
    if (x - (ticks.at(-1)?.x ?? run.x) >= apart) ticks.push({ ms: run.fromMs + sinceMs, sinceMs, x });
  }
  return ticks;
}
