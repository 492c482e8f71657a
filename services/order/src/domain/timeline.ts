import { present, type AskedCommand } from '@jangteo/contracts';
import type { HistoryRow, Order } from './order.js';
import type { Saga } from './saga.js';
import { commandOf, STEPS, stepsOf, undosOf, type CommandName, type Step } from './steps.js';

/** The state of a saga that a timeline tells of. */
type SagaNow = Pick<Saga, 'awaits' | 'sentAt' | 'attempts'>;

type TimelineRow = Pick<HistoryRow, 'step' | 'reason' | 'changedBy' | 'changedAt'>;

const stepNamed = (name: string): Step | undefined => STEPS.find(({ action }) => action.name === name);
const isUndo = (name: string): boolean => STEPS.some(({ undo }) => undo.name === name);

/** The payload of a command, without what is another's: the user, and the terms of the catalog. */
function askedOf(name: CommandName, order: Order): AskedCommand['asked'] {
  const { items, userCouponId, amount } = commandOf(name).payload(order, null) as AskedCommand['asked'];
  return {
    ...present({ items, userCouponId, amount }),
  };
}

/** The commands of an order, in the order in which they were asked for. */
class Commands {
  readonly list: AskedCommand[] = [];

  constructor(private readonly order: Order) {}

  ask(names: readonly CommandName[], at: Date): void {
    for (const name of names) {
      const { type: command } = commandOf(name).contract;
      const asked = askedOf(name, this.order);
      this.list.push({
        name,
        command,
        isUndo: isUndo(name),
        asked,
        askedAt: at.toISOString(),
        isGivenUp: false,
      });
    }
  }

  /** The steps whose action was asked for, but for one that was refused: it did nothing. */
  taken(): Step[] {
    return stepsOf(this.order).filter(({ action }) =>
      this.list.some(({ name, code }) => name === action.name && code === undefined),
    );
  }

  end(name: string, its: Partial<AskedCommand>): void {
    const index = this.list.findLastIndex((command) => command.name === name);
    if (index >= 0) this.list[index] = { ...this.list[index]!, ...its };
  }
}

/** The step that the success of an action leads to; a total of 0, say, leads to none. */
function stepAfter(name: string, order: Order): Step | undefined {
  const steps = stepsOf(order);
  const place = steps.findIndex(({ action }) => action.name === name);
  return place < 0 ? undefined : steps[place + 1];
}

/** What one row of the history says of commands; `next` is the row after it. */
function note(commands: Commands, order: Order, row: TimelineRow, next: TimelineRow | undefined): void {
  const { step, reason, changedAt, changedBy } = row;
  const answeredAt = changedAt.toISOString();
  if (step === 'Cancel') commands.ask(undosOf(stepsOf(order)), changedAt);
  // The prices that came out are not those that were agreed to.
  else if (step === undefined) commands.ask(undosOf(commands.taken()), changedAt);
  else if (stepNamed(step) === undefined) commands.end(step, { answeredAt });
  else if (reason !== undefined) {
    const isGivenUp = changedBy === 'sweeper';
    commands.end(step, isGivenUp ? { isGivenUp } : { answeredAt, code: reason });
    commands.ask(undosOf(commands.taken()), changedAt);
  } else {
    commands.end(step, { answeredAt });
    const isRefusedNow = next !== undefined && next.step === undefined;
    const following = isRefusedNow ? undefined : stepAfter(step, order);
    if (following !== undefined) commands.ask([following.action.name], changedAt);
  }
}

/**
 * The commands of an order as its history tells them: each was sent when the row before was written. How often one
 * was sent is known only while it is awaited.
 */
export function commandsIn(
  order: Order,
  history: readonly TimelineRow[],
  saga: SagaNow | undefined,
): AskedCommand[] {
  const commands = new Commands(order);
  const [, ...rows] = history;
  // An order that failed by its look was never sent anywhere.
  const isAsked = rows[0] === undefined ? order.status === 'PENDING' : rows[0].step !== undefined;
  if (!isAsked) return [];
  commands.ask([STEPS[0].action.name], order.createdAt);
  rows.forEach((row, index) => note(commands, order, row, rows[index + 1]));
  if (saga === undefined) return commands.list;
  const sent = { sends: saga.attempts + 1, sentAt: saga.sentAt.toISOString() };
  const isAwaited = ({ name, answeredAt, isGivenUp }: AskedCommand): boolean =>
    !isGivenUp && answeredAt === undefined && saga.awaits.some((awaited) => awaited === name);
  return commands.list.map((command) => (isAwaited(command) ? { ...command, ...sent } : command));
}

/** The steps that an order on its way may still come to, by its commands. */
export function stepsToCome(order: Order, commands: readonly AskedCommand[]): CommandName[] {
  const steps = stepsOf(order);
  const place = steps.findIndex(({ action }) => action.name === commands.at(-1)?.name);
  if (order.status !== 'PENDING' || place < 0) return [];
  return steps.slice(place + 1).map(({ action }) => action.name);
}

/** When and why an order failed, or is failing, and at which step; `undefined` of any other. */
export function failureIn(
  history: readonly TimelineRow[],
): { at: Date; reason: string; step?: string } | undefined {
  const index = history.findIndex(({ step, reason }) => reason !== undefined && !isUndo(step ?? ''));
  const row = history[index];
  if (row?.reason === undefined) return undefined;
  const step = row.step ?? history.slice(1, index).at(-1)?.step;
  return { at: row.changedAt, reason: row.reason, ...(step === undefined ? {} : { step }) };
}
