import { cancelOrder, placeOrder } from '@jangteo/contracts';
import {
  cancelOf,
  commandNamed,
  entriesOf,
  LATER,
  messageOfReply,
  placedAgain,
  placingOf,
  reactionsTo,
  repeatsAmong,
  settledBy,
  type Cancelling,
  type CartOrder,
  type HistoryRow,
  type Line,
  type Placing,
  type PlacingRequest,
  type PlatformEntry,
  type Reaction,
  type Reactions,
  type Rules,
  type Saga,
  type SagaMessage,
  type Said,
  type Told,
} from '@jangteo/order/domain';
import { EVENTS, REPLIES, type Broker, type Message, type Outgoing } from './broker.js';
import { Outcomes } from './outcomes.js';
import { wordsOf } from './participant.js';
import { published, type Handled, type Handler, type Note } from './pipeline.js';
import type { Product } from './product.js';

/** The bounds that sagas have by default. */
export const RULES: Rules = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 10,
  inFlightMax: 2,
  cancelWindowMs: 60_000,
};

const SWEPT_MAX = 10;

type Requests = Generator<Note, Handled>;

function outgoing(said: Said): Outgoing {
  if (said.kind === 'answer') return said;
  const { kind, contract, payload, orderId } = said;
  return { lane: kind === 'command' ? contract.type : EVENTS, type: contract.type, payload, orderId };
}

/** What follows from messages, and the answers to those that are answered at once. */
function publishOf(reactions: readonly Reaction[], messages: readonly Message[]): Outgoing[] {
  return reactions.flatMap(({ says, answer }, index) => {
    const to = messages[index]?.replyAddress;
    const isAnswered = to !== undefined && answer !== undefined && answer !== LATER;
    return [...(isAnswered ? [{ to, outcome: answer }] : []), ...says.map(outgoing)];
  });
}

/** The order service's tables, and the saga over them. */
export class OrderDesk {
  readonly sagas = new Map<string, Saga>();
  readonly history: HistoryRow[] = [];
  readonly entries: PlatformEntry[] = [];
  readonly handlers: Record<string, Handler> = {
    [placeOrder.type]: (messages) => this.place(messages),
    [cancelOrder.type]: (messages) => this.cancel(messages),
    [REPLIES]: (messages, replica) => this.hearReplies(messages, replica),
  };
  private readonly outcomes: Outcomes;
  private underway: CartOrder[] = [];
  /** What each replica knows the broker to have, and has not written down yet. */
  private readonly confirmed = new Map<number, Said[]>();

  constructor(
    public lines: readonly Line[],
    private readonly product: Product,
    private readonly clock: () => Date,
  ) {
    this.outcomes = new Outcomes(product);
  }

  /** A replica dies, and with it what was only in its memory. */
  forget(replica: number): void {
    this.confirmed.delete(replica);
  }

  /** As the sweeper: writes down what was confirmed, then looks at every saga that it is time for. */
  *sweep(replica: number, broker: Broker): Generator<Note, void> {
    if (this.writeConfirmed(replica)) yield () => 'notes confirmed events';
    const now = this.clock();
    const sagas = [...this.sagas.values()]
      .filter(({ lookAgainAt }) => lookAgainAt !== null && lookAgainAt <= now)
      .slice(0, SWEPT_MAX);
    if (sagas.length === 0) return;
    const signals = sagas.map((saga) => this.product.order.overdue(saga, { now, rules: RULES }));
    const { reactions } = this.told(signals);
    yield () => `commits ${this.statesOf(signals)}`;
    for (const { says } of reactions) {
      yield* published(says.map(outgoing), broker);
      this.noteConfirmed(replica, says);
    }
  }

  private *place(messages: readonly Message[]): Requests {
    const decided: Reactions<Placing> = new Map();
    const requests = messages.map(({ payload, replyAddress }) =>
      placingOf({ payload, replyAddress, trace: {} } as PlacingRequest),
    );
    const outcomes = this.outcomes.decideOnce(requests, {
      ...this.product.order.placing(RULES, decided),
      load: (placings) => {
        const users = new Set(placings.flatMap(({ payload }) => (payload.fromCart ? payload.userId : [])));
        return {
          now: this.clock(),
          takenIds: placings.map(({ payload }) => payload.orderId).filter((id) => this.sagas.has(id)),
          lines: this.linesOf(users),
          underway: this.underway.filter(({ userId }) => users.has(userId)),
          inFlight: this.inFlight(),
        };
      },
      save: ({ sagas, history }) => {
        const begun = sagas.filter((saga) => saga !== undefined);
        for (const saga of begun) this.sagas.set(saga.order.orderId, saga);
        const fromCarts = begun.filter(({ order }) => order.fromCart && order.status === 'PENDING');
        this.underway.push(...fromCarts.map(({ order }) => order));
        this.history.push(...history);
      },
    });
    yield () => `commits ${outcomes.map(wordsOf).join('; ')}`;
    const toRepeats = yield* this.advance(repeatsAmong({ requests, outcomes, decided }, placedAgain));
    return { publish: publishOf(reactionsTo({ requests, outcomes, decided }, toRepeats), messages) };
  }

  private *cancel(messages: readonly Message[]): Requests {
    const decided: Reactions<Cancelling> = new Map();
    const requests = messages.map(
      ({ payload, replyAddress }) => ({ payload, replyAddress, trace: {} }) as Cancelling,
    );
    const outcomes = this.outcomes.decideOnce(requests, {
      ...this.product.order.cancelling(RULES, decided),
      load: (cancels) => this.stateOf(cancels.map(({ payload }) => payload.orderId)),
      save: (told) => this.save(told),
    });
    yield () => `commits ${outcomes.map(wordsOf).join('; ')}`;
    const toRepeats = yield* this.advance(repeatsAmong({ requests, outcomes, decided }, cancelOf));
    return { publish: publishOf(reactionsTo({ requests, outcomes, decided }, toRepeats), messages) };
  }

  private *hearReplies(messages: readonly Message[], replica: number): Requests {
    const heard = messages.map(({ type, orderId, payload }) =>
      messageOfReply(commandNamed(type), orderId, payload as Parameters<typeof messageOfReply>[2]),
    );
    const reactions = yield* this.advance(heard);
    return {
      publish: publishOf(reactions, []),
      afterConfirm: () =>
        this.noteConfirmed(
          replica,
          reactions.flatMap(({ says }) => says),
        ),
    };
  }

  private *advance(messages: readonly SagaMessage[]): Generator<Note, readonly Reaction[]> {
    if (messages.length === 0) return [];
    const { reactions } = this.told(messages);
    yield () => `commits ${this.statesOf(messages)}`;
    return reactions;
  }

  private told(messages: readonly SagaMessage[]): Told {
    const state = this.stateOf(messages.map(({ orderId }) => orderId));
    const told = this.product.order.tell(state, messages, RULES);
    this.save(told);
    return told;
  }

  private stateOf(orderIds: readonly string[]) {
    const sagas = [...new Set(orderIds)].flatMap((orderId) => this.sagas.get(orderId) ?? []);
    const carts = sagas.filter(({ order }) => order.fromCart && order.status === 'PENDING');
    return { now: this.clock(), sagas, lines: this.linesOf(new Set(carts.map(({ order }) => order.userId))) };
  }

  private inFlight(): { userId: string; orders: number }[] {
    const pending = [...this.sagas.values()].filter(({ order }) => order.status === 'PENDING');
    const ofUsers = Map.groupBy(pending, ({ order }) => order.userId);
    return [...ofUsers].map(([userId, { length: orders }]) => ({ userId, orders }));
  }

  private linesOf(users: ReadonlySet<string>): Line[] {
    return this.lines.filter(({ userId }) => users.has(userId));
  }

  private save(told: Told): void {
    for (const { after } of told.changed) this.sagas.set(after.order.orderId, after);
    this.history.push(...told.history);
    this.entries.push(...entriesOf(told));
    const { settled, changes } = this.product.order.decideSettling(told.lines, settledBy(told));
    const nameOf = ({ userId, optionId }: Pick<Line, 'userId' | 'optionId'>) => `${userId}/${optionId}`;
    const changed = new Set([...changes.kept, ...changes.gone].map(nameOf));
    if (changed.size > 0) {
      this.lines = [...this.lines.filter((line) => !changed.has(nameOf(line))), ...changes.kept];
    }
    if (settled.length > 0) {
      this.underway = this.underway.filter((one) => settled.every(({ orderId }) => one.orderId !== orderId));
    }
  }

  private noteConfirmed(replica: number, says: readonly Said[]): void {
    const events = says.filter(({ kind }) => kind === 'event');
    if (events.length > 0) this.confirmed.set(replica, [...(this.confirmed.get(replica) ?? []), ...events]);
  }

  private writeConfirmed(replica: number): boolean {
    const events = this.confirmed.get(replica) ?? [];
    this.confirmed.delete(replica);
    for (const said of events) {
      const saga = said.kind === 'event' ? this.sagas.get(said.orderId) : undefined;
      if (said.kind !== 'event' || saga === undefined) continue;
      const owedEvents = saga.owedEvents.filter((event) => event !== said.event);
      const isOwing = saga.awaits.length > 0 || owedEvents.length > 0;
      const lookAgainAt = isOwing ? saga.lookAgainAt : null;
      this.sagas.set(said.orderId, { ...saga, owedEvents, lookAgainAt });
    }
    return events.length > 0;
  }

  private statesOf(messages: readonly SagaMessage[]): string {
    const ids = [...new Set(messages.map(({ orderId }) => orderId))];
    return ids.map((orderId) => `${orderId}: ${this.sagas.get(orderId)?.state ?? 'unknown'}`).join(', ');
  }
}
