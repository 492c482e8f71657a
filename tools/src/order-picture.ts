import { orderWithHistory, SAGA_STEPS, type CommandContract } from '@jangteo/contracts';
import type { z } from 'zod';

/** An order as `GET /orders/{id}` answers. */
export type RecordedOrder = z.infer<typeof orderWithHistory>;

/** The commands of the saga, as an order's history calls them. */
const COMMANDS: ReadonlyMap<string, CommandContract> = new Map(
  SAGA_STEPS.flatMap(({ names: [action, undo], ...step }): [string, CommandContract][] => [
    [action, step.action],
    [undo, step.undo],
  ]),
);

/** Those who take part, with the middle of their columns in pixels. */
export const COLUMNS = { customer: 190, order: 370, catalog: 550, coupon: 710, wallet: 870 };
type Column = keyof typeof COLUMNS;

const SIZE = { width: 940, top: 84, row: 46 };

/** A longer pause between two entries is said, not drawn: nobody did anything in it. */
const PAUSE_MS = 1_000;

const STYLE = `text { font: 13px system-ui, sans-serif; fill: #1f2933 }
.title { font-size: 16px; font-weight: 600 } .column { font-weight: 600 } .time { fill: #616e7c }
path { fill: none; stroke-width: 1.5; stroke: #1f6f54 } .life { stroke: #cbd2d9 } .pause { stroke-dasharray: 4 4; stroke: #cbd2d9 }
path.undoes, path.cancels { stroke: #b44d12 } text.undoes, text.cancels { fill: #b44d12 }
path.answers { stroke-dasharray: 5 3; stroke: #616e7c }`;

type Kind = 'does' | 'undoes' | 'cancels' | 'answers';

function text(x: number, y: number, content: string, kind = '', anchor = 'middle'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" class="${kind}">${content}</text>`;
}

function arrow(from: Column, to: Column, y: number, kind: Kind): string {
  const [start, end] = [COLUMNS[from], COLUMNS[to]];
  const back = end > start ? -7 : 7;
  return `<path class="${kind}" d="M${start} ${y}H${end}m${back} -4L${end} ${y}l${back} 4"/>`;
}

interface Row {
  readonly entry: RecordedOrder['history'][number];
  /** The pause before it, where it is one. */
  readonly pauseMs: number | undefined;
  /** Milliseconds since the order, or its cancellation, was asked for. */
  readonly sinceAsked: number;
  readonly isEnd: boolean;
}

function rowsOf({ history }: RecordedOrder): Row[] {
  let asked = 0;
  return history.map((entry, index) => {
    const at = Date.parse(entry.changedAt);
    const before = history[index - 1];
    const pauseMs = before === undefined ? 0 : at - Date.parse(before.changedAt);
    if (before === undefined || pauseMs >= PAUSE_MS) asked = at;
    const isEnd = before !== undefined && before.orderStatus !== entry.orderStatus;
    return { entry, pauseMs: pauseMs >= PAUSE_MS ? pauseMs : undefined, sinceAsked: at - asked, isEnd };
  });
}

/** Draws the customer's call, or the command of a step and its answer. */
function exchange({ step }: Row['entry'], y: number): string[] {
  const command = COMMANDS.get(step ?? '');
  if (step === undefined || command === undefined) {
    const kind = step === undefined ? 'does' : 'cancels';
    const label = step ?? 'Place';
    return [arrow('customer', 'order', y, kind), text(280, y - 7, label, kind)];
  }
  const [column, kind]: [Column, Kind] = [command.service as Column, command.undoes ? 'undoes' : 'does'];
  const label = text(COLUMNS[column] - 80, y - 7, step, kind);
  return [arrow('order', column, y, kind), arrow(column, 'order', y + 9, 'answers'), label];
}

/** A line for each entry of an order's history: who did what, and how long after it was asked for, as an SVG. */
export function orderPicture(order: RecordedOrder): string {
  const rows = rowsOf(order);
  const { width, top, row } = SIZE;
  const end = top + rows.length * row;
  const columns = Object.entries(COLUMNS).flatMap(([name, x]) => [
    text(x, top - 22, name, 'column'),
    `<path class="life" d="M${x} ${top - 14}V${end}"/>`,
  ]);
  const drawn = rows.flatMap((one, index) => {
    const y = top + index * row + 22;
    const { entry, pauseMs, sinceAsked, isEnd } = one;
    const pause = `<path class="pause" d="M24 ${y - 25}H${width - 24}"/>`;
    const said =
      pauseMs === undefined
        ? []
        : [pause, text(24, y - 9, `${(pauseMs / 1_000).toFixed(1)} s later`, 'time', 'start')];
    const told = [arrow('order', 'customer', y + 9, 'answers'), text(280, y + 3, entry.orderStatus, 'time')];
    return [
      ...said,
      text(24, y + 8, `+${sinceAsked} ms`, 'time', 'start'),
      ...exchange(entry, y),
      ...(isEnd ? told : []),
    ];
  });
  const title = 'An order, and its cancellation: the history that the shop keeps of it';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${end + 12}" viewBox="0 0 ${width} ${end + 12}" role="img">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(24, 30, title, 'title', 'start'),
    ...columns,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
