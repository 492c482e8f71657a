import { memo, useId, type ReactNode } from 'react';
import { offsetOf, lengthOf } from '../../timeline/tell.js';
import {
  BAR_HEIGHT,
  type Bar,
  type Label,
  type Layout,
  type Link,
  type Point,
  type UndoArrow,
} from '../../timeline/layout.js';
import type { Mark, Tone } from '../../timeline/model.js';
import type { TimelineWords } from '../../timeline/words.js';
import css from './Lanes.module.css';

const TONES: readonly Tone[] = ['neutral', 'working', 'done', 'undone', 'act'];
const HALF = BAR_HEIGHT / 2;

/** The patterns of what was sent and is not decided yet, one for each tone. */
function Hatches({ id }: { readonly id: string }) {
  return (
    <defs>
      {TONES.map((tone) => (
        <pattern
          key={tone}
          id={`${id}-${tone}`}
          data-tone={tone}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="6" className={css['hatchGround']} />
          <rect width="2" height="6" className={css['hatchLine']} />
        </pattern>
      ))}
    </defs>
  );
}

function BarShape({ bar, hatches }: { readonly bar: Bar; readonly hatches: string }) {
  const { mark, x, endX, decidedX, y, sentX, pendingX, lookAgainX } = bar;
  const { tone, span } = mark;
  const top = y - HALF;
  const width = Math.max(2, endX - x);
  const isRefused = mark.step.state === 'REFUSED';
  // Where nobody says when it was decided, all of it is told as one.
  const solidX = decidedX ?? (span?.isOpen === false ? x : endX);
  const isUnknown = decidedX === undefined && span?.isOpen === false;
  return (
    <g data-tone={tone} className={css['bar']} data-mark={mark.id}>
      {pendingX !== undefined && <line className={css['pending']} x1={endX} x2={pendingX} y1={y} y2={y} />}
      {pendingX !== undefined && (
        <line className={css['limit']} x1={pendingX} x2={pendingX} y1={top - 2} y2={top + BAR_HEIGHT + 2} />
      )}
      <rect
        className={css['body']}
        x={x}
        y={top}
        width={width}
        height={BAR_HEIGHT}
        rx="3"
        fill={`url(#${hatches}-${tone})`}
      />
      {solidX < x + width && (
        <rect
          className={isUnknown ? css['unknown'] : css['solid']}
          x={solidX}
          y={top}
          width={Math.max(2, x + width - solidX)}
          height={BAR_HEIGHT}
          rx="3"
        />
      )}
      {sentX.map((at) => (
        <path key={at} className={css['sent']} d={`M${at} ${top - 4}V${top + BAR_HEIGHT + 4}`} />
      ))}
      {lookAgainX !== undefined && (
        <path className={css['again']} d={`M${lookAgainX} ${top}V${top + BAR_HEIGHT}`} />
      )}
      {isRefused && <Cross x={solidX} y={y} />}
    </g>
  );
}

function Cross({ x, y }: { readonly x: number; readonly y: number }) {
  const d = `M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10`;
  return (
    <g>
      <path className={css['crossGround']} d={d} />
      <path className={css['cross']} d={d} />
    </g>
  );
}

/** What is in the circle of a mark, so that colour is not all that tells. */
function signOf(mark: Mark): string {
  switch (mark.kind) {
    case 'ended':
      return mark.status === 'SUCCESS' ? 'M-3 0l2 2.4 4-4.6' : 'M-3 3l6-6';
    case 'cancelled':
      return 'M-3 -3l6 6M3 -3l-6 6';
    case 'counted':
      return 'M-3 0l2 2.4 4-4.6';
    case 'record':
      return mark.record.isSent ? 'M-3 0l2 2.4 4-4.6' : 'M-3 0h6';
    case 'deadLetter':
      return 'M0 -3.6v4M0 3v.4';
    case 'nudge':
    case 'redrive':
      return 'M-3 0h5.4M0 -2.6l2.6 2.6-2.6 2.6';
    case 'placed':
    case 'step':
      return 'M-1.4 0h2.8';
  }
}

function PointShape({
  point: { mark, x, y, isTimed },
  endX,
}: {
  readonly point: Point;
  readonly endX: number;
}) {
  if (mark.kind === 'step') {
    return (
      <g data-tone={mark.tone} data-mark={mark.id}>
        <rect
          className={css['ghost']}
          x={x - HALF}
          y={y - HALF}
          width={Math.max(BAR_HEIGHT, endX - x)}
          height={BAR_HEIGHT}
          rx="3"
        />
      </g>
    );
  }
  return (
    <g data-tone={mark.tone} data-mark={mark.id} transform={`translate(${x} ${y})`}>
      <circle className={isTimed ? css['point'] : css['untimed']} r={HALF + 1} />
      <path className={isTimed ? css['sign'] : css['signUntimed']} d={signOf(mark)} />
    </g>
  );
}

function LinkShape({ link: { x, fromY, toY, kind, tone } }: { readonly link: Link }) {
  const down = toY > fromY ? 1 : -1;
  const [start, end] = [fromY + down * (HALF + 2), toY - down * (HALF + 2)];
  if ((end - start) * down <= 0) return null;
  return (
    <g data-tone={tone} className={kind === 'ask' ? css['ask'] : css['answer']}>
      <path d={`M${x} ${start}V${end}m-3 ${-4 * down}l3 ${4 * down} 3 ${-4 * down}`} />
    </g>
  );
}

function ArrowShape({ arrow: { fromX, fromY, alongY, toX, toY } }: { readonly arrow: UndoArrow }) {
  return (
    <path
      className={css['undoArrow']}
      d={`M${fromX} ${fromY}V${alongY}H${toX}V${toY + 1}m-3.5 4.5l3.5 -4.5 3.5 4.5`}
    />
  );
}

/** Zigzag edges of a stretch that was left out. */
function zigzag(x: number, y: number, endY: number): string {
  let d = `M${x} ${y}`;
  for (let at = y, side = 1; at < endY; at += 6, side = -side) d += `l${side * 3} ${Math.min(6, endY - at)}`;
  return d;
}

function Breaks({ layout, words }: { readonly layout: Layout; readonly words: TimelineWords }) {
  const { y, endY } = layout.plot;
  return layout.breaks.map((each) => (
    <g key={each.fromMs} className={css['break']}>
      <rect x={each.x + 6} y={y} width={each.width - 12} height={endY - y} />
      <path d={zigzag(each.x + 6, y, endY)} />
      <path d={zigzag(each.x + each.width - 6, y, endY)} />
      <text x={each.x + each.width / 2} y={y - 8} textAnchor="middle">
        {lengthOf(each.lengthMs, words)}
      </text>
    </g>
  ));
}

function Axis({ layout, words, clockOf }: Pick<LanesProps, 'layout' | 'words' | 'clockOf'>) {
  const { y, endY } = layout.plot;
  return (
    <g className={css['axis']}>
      {layout.ticks.map(({ x, ms, sinceMs }) => (
        <g key={ms}>
          <path d={`M${x} ${y - 36}V${endY}`} />
          <text x={x + 4} y={y - 26} className={sinceMs === undefined ? css['clock'] : undefined}>
            {sinceMs === undefined ? clockOf(ms) : offsetOf(sinceMs, words)}
          </text>
        </g>
      ))}
    </g>
  );
}

function LaneGrounds({ layout, words }: { readonly layout: Layout; readonly words: TimelineWords }) {
  const { width, isNarrow, lanes } = layout;
  return lanes.map(({ lane, y, middle, isUsed }) => (
    <g key={lane} className={isUsed ? css['lane'] : css['unusedLane']}>
      <path d={`M0 ${y + 0.5}H${width}`} />
      <text x={isNarrow ? 2 : 4} y={isNarrow && isUsed ? y + 14 : middle + 4}>
        {words.lanes[lane]}
      </text>
    </g>
  ));
}

function Gutter({ layout, words }: { readonly layout: Layout; readonly words: TimelineWords }) {
  const { gutter, plot, width } = layout;
  if (gutter === undefined) return null;
  return (
    <g className={css['gutter']}>
      <rect x={gutter.x - 10} y={plot.y} width={width - gutter.x + 10} height={plot.endY - plot.y} />
      <text x={gutter.x} y={plot.y - 8}>
        {gutter.isToCome ? words.stillToCome : words.noTime}
      </text>
    </g>
  );
}

function LabelShape({ label: { mark, text, width, x, y, anchor } }: { readonly label: Label }) {
  return (
    <g data-tone={mark.tone}>
      <rect
        className={css['labelGround']}
        x={(anchor === 'start' ? x : x - width) - 2}
        y={y - 8}
        width={width + 4}
        height="16"
      />
      <text className={css['label']} x={x} y={y + 4} textAnchor={anchor}>
        {text}
      </text>
    </g>
  );
}

export interface LanesProps {
  readonly layout: Layout;
  readonly words: TimelineWords;
  readonly title: string;
  readonly description: string;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  /** The time of day of a moment, in milliseconds since the order was placed. */
  readonly clockOf: (ms: number) => string;
  /** What the list says of a mark. */
  readonly tipOf: (mark: Mark) => string;
}

function Now({ layout, words }: { readonly layout: Layout; readonly words: TimelineWords }): ReactNode {
  const { nowX, plot } = layout;
  if (nowX === undefined) return null;
  return (
    <g className={css['now']}>
      <path d={`M${nowX} ${plot.y - 6}V${plot.endY}`} />
      <text x={nowX - 4} y={plot.y - 8} textAnchor="end">
        {words.now}
      </text>
    </g>
  );
}

/** An order's way as a picture. The list tells the same to whoever cannot see or point. */
export const Lanes = memo(function Lanes({
  layout,
  words,
  title,
  description,
  selected,
  onSelect,
  clockOf,
  tipOf,
}: LanesProps) {
  const id = useId().replaceAll(':', '');
  const { width, height, bars, points, links, arrows, lives, labels, targets, gutter } = layout;
  const chosen = targets.find(({ mark }) => mark.id === selected);
  return (
    <svg
      className={css['lanes']}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{description}</desc>
      <Hatches id={id} />
      <Gutter layout={layout} words={words} />
      <Axis layout={layout} words={words} clockOf={clockOf} />
      {chosen && (
        <rect
          className={css['chosen']}
          x={chosen.x - 1}
          y={chosen.y - 1}
          width={chosen.width + 2}
          height={chosen.height + 2}
          rx="6"
        />
      )}
      {links.map((link, index) => (
        <LinkShape key={index} link={link} />
      ))}
      <LaneGrounds layout={layout} words={words} />
      {arrows.map((arrow, index) => (
        <ArrowShape key={index} arrow={arrow} />
      ))}
      {lives.map(({ x, endX, y, isOpen }) => (
        <line key={x} className={isOpen ? css['openLife'] : css['life']} x1={x} x2={endX} y1={y} y2={y} />
      ))}
      {bars.map((bar) => (
        <BarShape key={bar.mark.id} bar={bar} hatches={id} />
      ))}
      <Breaks layout={layout} words={words} />
      <Now layout={layout} words={words} />
      {points.map((point) => (
        <PointShape key={point.mark.id} point={point} endX={gutter?.endX ?? point.x} />
      ))}
      {labels.map((label) => (
        <LabelShape key={label.mark.id} label={label} />
      ))}
      {targets.map(({ mark, x, y, width: its, height: tall }) => (
        <rect
          key={mark.id}
          className={css['target']}
          x={x}
          y={y}
          width={its}
          height={tall}
          onClick={() => onSelect(mark.id)}
        >
          <title>{tipOf(mark)}</title>
        </rect>
      ))}
    </svg>
  );
});
