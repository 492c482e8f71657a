import { axisOf, ticksOf, type Axis, type Break, type Interval, type Run } from './axis.js';
import { LANES, type Lane, type Mark, type StepMark, type TimelineModel, type Tone } from './model.js';

export interface LaneBox {
  readonly lane: Lane;
  readonly y: number;
  readonly height: number;
  /** The middle of what happens there, and of what is undone there. */
  readonly middle: number;
  readonly undoMiddle: number;
  readonly isUsed: boolean;
}

/** A step: hatched until it was decided, solid until its answer took effect. */
export interface Bar {
  readonly mark: StepMark;
  readonly x: number;
  readonly decidedX?: number;
  readonly endX: number;
  readonly y: number;
  /** Where it was sent; the first and the last time are known alone. */
  readonly sentX: readonly number[];
  /** Up to where it is waited for, where it is. */
  readonly pendingX?: number;
  /** Where it is sent again by itself. */
  readonly lookAgainX?: number;
}

/** Something that took no time, or whose time is not recorded. */
export interface Point {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
  readonly isTimed: boolean;
}

/** What one sends to another. */
export interface Link {
  readonly x: number;
  readonly fromY: number;
  readonly toY: number;
  readonly kind: 'ask' | 'answer' | 'lost';
  readonly tone: Tone;
}

/** An arrow from an undo backwards to under its step. */
export interface UndoArrow {
  readonly fromX: number;
  readonly fromY: number;
  readonly alongY: number;
  readonly toX: number;
  readonly toY: number;
}

export interface Label {
  readonly mark: Mark;
  readonly text: string;
  /** About how wide it is. */
  readonly width: number;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

/** Where a pointer meets a mark: at least 24 px in both directions. */
export interface Target {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TimeTick {
  readonly x: number;
  /** The first of its run says the time of day, others how long after it they are. */
  readonly sinceMs?: number;
  readonly ms: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly isNarrow: boolean;
  /** Where lanes begin and end. */
  readonly plot: { readonly x: number; readonly endX: number; readonly y: number; readonly endY: number };
  /** The column of what has no time. */
  readonly gutter?: { readonly x: number; readonly endX: number; readonly isToCome: boolean };
  readonly lanes: readonly LaneBox[];
  readonly breaks: readonly Break[];
  readonly ticks: readonly TimeTick[];
  readonly bars: readonly Bar[];
  readonly points: readonly Point[];
  readonly links: readonly Link[];
  readonly arrows: readonly UndoArrow[];
  /** When the order service was at work on it. */
  readonly lives: readonly {
    readonly x: number;
    readonly endX: number;
    readonly y: number;
    readonly isOpen: boolean;
  }[];
  readonly labels: readonly Label[];
  readonly targets: readonly Target[];
  readonly nowX?: number;
  readonly deadlineX?: number;
}

export const BAR_HEIGHT = 14;
const HEADER_HEIGHT = 40;
const ROW_HEIGHT = 30;
const [LANE_PADDING, UNUSED_HEIGHT, LABEL_HEIGHT] = [8, 26, 18] as const;
const [NARROW_BELOW, LABEL_COLUMN, GUTTER, NARROW_GUTTER] = [640, 116, 128, 96] as const;
const [BREAK_WIDTH, LEAST_WIDTH, EDGE] = [60, 4, 14] as const;
const TARGET_LEAST = 24;
/** Of the labels of ticks, which begin at them; the first says a time of day to the millisecond. */
const TICKS_APART = 88;
const [FONT_SIZE, LABEL_GAP, LABEL_LEAST] = [12, 9, 36] as const;

/** About how wide a letter is, as a part of its height, in the widest of the fonts. */
function letterWidth(letter: string): number {
  if (/[\u1100-\u11ff\u3040-\u9fff\uac00-\ud7a3\uff00-\uffef]/.test(letter)) return 0.95;
  if (/[ ilj.,:;'|()·!-]/.test(letter)) return 0.36;
  return /[A-Zmw₩×→…−+%@]/.test(letter) ? 0.8 : 0.62;
}

export const textWidth = (text: string): number =>
  FONT_SIZE * Array.from(text).reduce((width, letter) => width + letterWidth(letter), 0);

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 0 && textWidth(`${letters.join('')}…`) > width) letters.pop();
  return letters.length === 0 ? '' : `${letters.join('').trimEnd()}…`;
}

const isUndo = (mark: Mark): boolean => mark.kind === 'step' && mark.step.isUndo;
const isAwaited = (mark: Mark): boolean => mark.kind === 'step' && mark.step.state === 'AWAITED';

/** A row for what is done, one for what is undone, and one for what is said of what is awaited. */
const rowsOf = (marks: readonly Mark[]): number =>
  marks.reduce((rows, mark) => Math.max(rows, 1 + Number(isUndo(mark)) + Number(isAwaited(mark))), 1);

/** All moments that are drawn. */
function momentsOf({ marks, nowMs, deadlineMs, lookAgainMs }: TimelineModel): number[] {
  const ofMarks = marks.flatMap((mark) => {
    if (mark.kind !== 'step') return mark.at === undefined ? [] : [mark.at.ms];
    const { span, step, asked } = mark;
    if (span === undefined) return [];
    const sentMs =
      asked && step.sentAt !== undefined
        ? asked.ms + Date.parse(step.sentAt) - Date.parse(asked.iso)
        : undefined;
    return [span.fromMs, span.decidedMs, span.toMs, sentMs].filter((ms) => ms !== undefined);
  });
  return [...ofMarks, nowMs, deadlineMs, lookAgainMs].filter((ms) => ms !== undefined);
}

const busyIn = ({ marks }: TimelineModel): Interval[] =>
  marks.flatMap((mark) =>
    mark.kind === 'step' && mark.span ? [[mark.span.fromMs, mark.span.toMs] as const] : [],
  );

/** The stretches that are left out of a picture of the usual width: what was said of time says them too. */
export const breaksIn = (model: TimelineModel): readonly Break[] =>
  axisOf(momentsOf(model), busyIn(model), { width: 1_000, breakWidth: BREAK_WIDTH, leastWidth: LEAST_WIDTH })
    .breaks;

function lanesOf(marks: readonly Mark[], isNarrow: boolean): LaneBox[] {
  let y = HEADER_HEIGHT;
  return LANES.map((lane) => {
    const its = marks.filter((mark) => mark.lane === lane);
    const isUsed = its.length > 0 || lane === 'order';
    const label = isNarrow ? LABEL_HEIGHT : 0;
    const height = isUsed ? label + rowsOf(its) * ROW_HEIGHT + LANE_PADDING : UNUSED_HEIGHT;
    const middle = isUsed ? y + label + LANE_PADDING / 2 + ROW_HEIGHT / 2 : y + height / 2;
    const box = { lane, y, height, middle, undoMiddle: middle + ROW_HEIGHT, isUsed };
    y += height;
    return box;
  });
}

/** The places of one row that are taken, so that no text is put over them. */
class Row {
  readonly #taken: Interval[] = [];

  constructor(
    private readonly startX: number,
    private readonly endX: number,
  ) {}

  take(x: number, endX: number): void {
    this.#taken.push([x, endX]);
  }

  /** Puts a text beside what is at these places, behind it if it fits, otherwise where more room is. */
  put(text: string, x: number, endX: number): Pick<Label, 'text' | 'width' | 'x' | 'anchor'> | undefined {
    const behind =
      Math.min(this.endX, ...this.#taken.map(([from]) => from).filter((from) => from >= endX)) - endX;
    const before = x - Math.max(this.startX, ...this.#taken.map(([, to]) => to).filter((to) => to <= x));
    const wanted = textWidth(text);
    const room = Math.max(behind, before) - 2 * LABEL_GAP;
    if (room < Math.min(LABEL_LEAST, wanted)) return undefined;
    const isBehind = behind - 2 * LABEL_GAP >= wanted || behind >= before;
    const told = cut(text, room);
    const width = textWidth(told);
    if (isBehind) {
      this.take(endX, endX + LABEL_GAP + width);
      return { text: told, width, x: endX + LABEL_GAP, anchor: 'start' };
    }
    this.take(x - LABEL_GAP - width, x);
    return { text: told, width, x: x - LABEL_GAP, anchor: 'end' };
  }
}

/** Builds the shapes of one timeline. */
class Drawing {
  readonly bars: Bar[] = [];
  readonly points: Point[] = [];
  readonly links: Link[] = [];
  readonly arrows: UndoArrow[] = [];
  readonly labels: Label[] = [];
  readonly targets: Target[] = [];
  readonly #rows = new Map<number, Row>();
  readonly #untimed = new Map<Lane, number>();

  constructor(
    readonly model: TimelineModel,
    readonly axis: Axis,
    readonly lanes: readonly LaneBox[],
    readonly plot: Layout['plot'],
    readonly gutterX: number,
  ) {}

  x(ms: number): number {
    return this.plot.x + this.axis.x(ms);
  }

  lane(lane: Lane): LaneBox {
    return this.lanes.find((box) => box.lane === lane)!;
  }

  row(y: number): Row {
    const row = this.#rows.get(y) ?? new Row(this.plot.x - EDGE, this.plot.endX + EDGE);
    this.#rows.set(y, row);
    return row;
  }

  add(mark: Mark): void {
    if (mark.kind === 'step') this.#step(mark);
    else this.#point(mark);
  }

  #step(mark: StepMark): void {
    const box = this.lane(mark.lane);
    const y = mark.step.isUndo ? box.undoMiddle : box.middle;
    if (mark.span === undefined) {
      this.#untimedPoint(mark, y);
      return;
    }
    const { span, step, asked, answered } = mark;
    const [x, endX] = [this.x(span.fromMs), this.x(span.toMs)];
    const { deadlineMs, lookAgainMs } = this.model;
    const sentMs =
      step.sentAt === undefined ? undefined : asked!.ms + Date.parse(step.sentAt) - Date.parse(asked!.iso);
    const isAwaited = step.state === 'AWAITED';
    const bar: Bar = {
      mark,
      x,
      ...(span.decidedMs === undefined ? {} : { decidedX: this.x(span.decidedMs) }),
      endX,
      y,
      sentX: (step.sends ?? 1) > 1 && sentMs !== undefined ? [x, this.x(sentMs)] : [],
      ...(isAwaited && step.deadlineAt !== undefined && deadlineMs !== undefined
        ? { pendingX: this.x(deadlineMs) }
        : {}),
      ...(isAwaited && lookAgainMs !== undefined ? { lookAgainX: this.x(lookAgainMs) } : {}),
    };
    this.bars.push(bar);
    this.row(y).take(x, endX);
    this.#target(mark, x, y, Math.max(endX, bar.pendingX ?? 0));
    const order = this.lane('order').middle;
    this.links.push({ x, fromY: order, toY: y, kind: 'ask', tone: mark.tone });
    if (answered !== undefined)
      this.links.push({ x: endX, fromY: y, toY: order, kind: 'answer', tone: mark.tone });
    const from = mark.undoes?.span;
    if (from === undefined) return;
    const toX = (this.x(from.fromMs) + this.x(from.toMs)) / 2;
    this.arrows.push({
      fromX: Math.max(x + 2, toX),
      fromY: y - BAR_HEIGHT / 2,
      alongY: y - ROW_HEIGHT / 2,
      toX,
      toY: box.middle + BAR_HEIGHT / 2 + 1,
    });
  }

  #point(mark: Mark): void {
    const { middle: y } = this.lane(mark.lane);
    if (mark.at === undefined) {
      this.#untimedPoint(mark, y);
      return;
    }
    const x = this.x(mark.at.ms);
    this.points.push({ mark, x, y, isTimed: true });
    this.row(y).take(x - BAR_HEIGHT / 2, x + BAR_HEIGHT / 2);
    this.#target(mark, x, y, x);
    if (mark.lane === 'client') {
      this.links.push({ x, fromY: y, toY: this.lane('order').middle, kind: 'ask', tone: mark.tone });
    }
  }

  /** In the column of what has no time, one beside the other. */
  #untimedPoint(mark: Mark, y: number): void {
    const place = this.#untimed.get(mark.lane) ?? 0;
    this.#untimed.set(mark.lane, place + 1);
    const x = this.gutterX + EDGE + place * TARGET_LEAST;
    this.points.push({ mark, x, y, isTimed: false });
    this.#target(mark, x, y, x);
  }

  #target(mark: Mark, x: number, y: number, endX: number): void {
    const width = Math.max(TARGET_LEAST, endX - x);
    const height = Math.max(TARGET_LEAST, BAR_HEIGHT);
    this.targets.push({ mark, x: x - (width - (endX - x)) / 2, y: y - height / 2, width, height });
  }

  label(mark: Mark, text: string): void {
    const bar = this.bars.find((each) => each.mark === mark);
    const point = this.points.find((each) => each.mark === mark);
    const y = bar?.y ?? point?.y;
    if (y === undefined || point?.isTimed === false) return;
    const half = BAR_HEIGHT / 2;
    if (bar !== undefined && isAwaited(mark)) {
      // Below its bar, which goes on to the right.
      const below = y + ROW_HEIGHT - LANE_PADDING / 2;
      const put = this.row(below).put(text, bar.x - LABEL_GAP, bar.x - LABEL_GAP);
      if (put !== undefined) this.labels.push({ mark, ...put, y: below });
      return;
    }
    const [x, endX] = bar ? [bar.x, bar.endX] : [point!.x - half, point!.x + half];
    const put = this.row(y).put(text, x, endX);
    if (put !== undefined) this.labels.push({ mark, ...put, y });
  }

  /** From the placing to the end, and from the cancellation to its end. */
  lives(): Layout['lives'] {
    const { marks, nowMs, isInFlight } = this.model;
    const { middle: y } = this.lane('order');
    const at = (id: string): number | undefined => marks.find((mark) => mark.id === id)?.at?.ms;
    const life = (from: number | undefined, to: number | undefined): Layout['lives'][number][] => {
      const endMs = to ?? (isInFlight ? nowMs : undefined);
      if (from === undefined || endMs === undefined) return [];
      return [{ x: this.x(from), endX: this.x(Math.max(from, endMs)), y, isOpen: to === undefined }];
    };
    return [...life(at('placed'), at('succeeded') ?? at('ended')), ...life(at('cancelled'), at('ended'))];
  }
}

/**
 * The ticks whose labels have room: the beginnings of runs before all that counts from them.
 * @param x where the axis begins in the drawing, which ends at `endX`
 */
function timeTicks(axis: Axis, x: number, endX: number): TimeTick[] {
  if (axis.runs.length === 0) return [{ x, ms: 0 }];
  const told: Run[] = [];
  for (const run of axis.runs) {
    const last = told.at(-1);
    if (last === undefined || run.x >= last.x + TICKS_APART) told.push(run);
  }
  return told.flatMap((run, index): TimeTick[] => {
    const nextX = told[index + 1]?.x ?? endX - x;
    const ticks = ticksOf(axis, run, TICKS_APART).filter((tick) => tick.x + TICKS_APART <= nextX);
    return [
      { x: x + run.x, ms: run.fromMs },
      ...ticks.map((tick) => ({ x: x + tick.x, ms: tick.ms, sinceMs: tick.sinceMs })),
    ];
  });
}

/**
 * Places all of a timeline's marks in lanes of this width.
 *
 * @param labelOf the text beside a mark; it is cut to the room that there is
 */
export function layoutOf(model: TimelineModel, width: number, labelOf: (mark: Mark) => string): Layout {
  const { marks, nowMs, deadlineMs, isInFlight } = model;
  const isNarrow = width < NARROW_BELOW;
  const isUntimed = (mark: Mark): boolean =>
    mark.kind === 'step' ? mark.span === undefined : mark.at === undefined;
  const hasGutter = marks.some(isUntimed);
  const gutterWidth = hasGutter ? (isNarrow ? NARROW_GUTTER : GUTTER) : 0;
  const x = (isNarrow ? 0 : LABEL_COLUMN) + EDGE;
  const room = Math.max(LEAST_WIDTH, width - x - gutterWidth - 2 * EDGE);
  const axis = axisOf(momentsOf(model), busyIn(model), {
    width: room,
    breakWidth: BREAK_WIDTH,
    leastWidth: LEAST_WIDTH,
    isBusyShown: isInFlight,
  });
  const lanes = lanesOf(marks, isNarrow);
  const last = lanes.at(-1)!;
  const plot = { x, endX: x + Math.max(room, axis.width), y: HEADER_HEIGHT, endY: last.y + last.height };
  const gutterX = plot.endX + 2 * EDGE;
  const drawing = new Drawing(model, axis, lanes, plot, gutterX);
  for (const mark of marks) drawing.add(mark);
  for (const mark of marks) drawing.label(mark, labelOf(mark));
  const { bars, points, links, arrows, labels, targets } = drawing;
  const drawn = Math.max(width, gutterX + gutterWidth - EDGE);
  return {
    width: drawn,
    height: plot.endY + 1,
    isNarrow,
    plot,
    ...(hasGutter
      ? { gutter: { x: gutterX, endX: gutterX + gutterWidth - EDGE, isToCome: isInFlight } }
      : {}),
    lanes,
    breaks: axis.breaks.map((each) => ({ ...each, x: x + each.x })),
    ticks: timeTicks(axis, x, drawn),
    bars,
    points,
    links,
    arrows,
    lives: drawing.lives(),
    labels,
    targets,
    ...(nowMs === undefined ? {} : { nowX: drawing.x(nowMs) }),
    ...(deadlineMs === undefined ? {} : { deadlineX: drawing.x(deadlineMs) }),
  };
}
