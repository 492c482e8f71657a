import { cancelOrder, placeOrder } from '@jangteo/contracts';
import {
  cancelOf,
  entriesOf,
  inputOfReply,
  placedAgain,
  reactionsTo,
  repeatsAmong,
  settledBy,
  type Asked,
  type Bounds,
  type CancelOrder,
  type CartOrder,
  type FoundCarts,
  type Decided,
  type Effect,
  type Found,
  type HistoryRow,
  type Input,
  type Line,
  type PlaceOrder,
  type PlatformEntry,
  type Reaction,
  type Saga,
} from '@jangteo/order/domain';
import { EVENTS, REPLIES, type Broker, type Message, type Outgoing } from './broker.js';
import { Outcomes } from './outcomes.js';
import { wordsOf } from './participant.js';
import { published, type Handled, type Handler, type Note } from './pipeline.js';
import type { Product } from './product.js';

/** The bounds that sagas have by default. */
export const BOUNDS: Bounds = {
  deadlineMs: 30_000,
  retryMs: 5_000,
  retryMsMax: 60_000,
  waitersMax: 10,
  inFlightMax: 2,
  cancelWindowMs: 60_000,
};

const SWEPT_MAX = 10;

type Requests = Generator<Note, Handled>;

function outgoing(effect: Effect): Outgoing {
  if (effect.kind === 'answer') return effect;
  const { kind, contract, payload, orderId } = effect;
  return { queueName: kind === 'command' ? contract.type : EVENTS, type: contract.type, payload, orderId };
}

/** A request as the order service gets it. */
function requestOf<R extends PlaceOrder | CancelOrder>({ payload, replyAddress }: Message): R {
  return { payload, replyAddress, trace: {} } as R;
}

/** Messages that follow from others, and the answers to those that are answered at once. */
function publishOf(reactions: readonly Reaction[], messages: readonly Message[]): Outgoing[] {
  return reactions.flatMap(({ effects, answer }, index) => {
    const to = messages[index]?.replyAddress;
    const isAnswered = to !== undefined && answer !== undefined && answer !== 'DEFERRED';
    return [...(isAnswered ? [{ to, outcome: answer }] : []), ...effects.map(outgoing)];
  });
}

/** The order service's tables, and the saga over them. */
export class OrderDesk {
  readonly sagas = new Map<string, Saga>();
  readonly history: HistoryRow[] = [];
  readonly entries: PlatformEntry[] = [];
  readonly handlers: Record<string, Handler> = {
    [placeOrder.type]: (messages) => this.#place(messages),
    [cancelOrder.type]: (messages) => this.#cancel(messages),
    [REPLIES]: (messages, replica) => this.#hearReplies(messages, replica),
  };
  readonly #outcomes: Outcomes;
  #underway: CartOrder[] = [];
  /** Effects that each replica knows the broker to have, and has not written down yet. */
  readonly #confirmed = new Map<number, Effect[]>();

  constructor(
    public lines: readonly Line[],
    private readonly product: Product,
    private readonly clock: () => Date,
  ) {
    this.#outcomes = new Outcomes(product);
  }

  /** A replica dies, and with it what was only in its memory. */
  forget(replica: number): void {
    this.#confirmed.delete(replica);
  }

  /** As the sweeper: writes down what was confirmed, then looks at every saga that it is time for. */
  *sweep(replica: number, broker: Broker): Generator<Note, void> {
    if (this.#writeConfirmed(replica)) yield () => 'notes confirmed events';
    const now = this.clock();
    const sagas = [...this.sagas.values()]
      .filter(({ lookAgainAt }) => lookAgainAt !== null && lookAgainAt <= now)
      .slice(0, SWEPT_MAX);
    if (sagas.length === 0) return;
    const inputs = sagas.map((saga) => this.product.order.overdue(saga, now));
    const { reactions } = this.#applied(inputs);
    yield () => `commits ${this.#statesOf(inputs)}`;
    for (const { effects } of reactions) {
      yield* published(effects.map(outgoing), broker);
      this.#noteConfirmed(replica, effects);
    }
  }

  *#place(messages: readonly Message[]): Requests {
    const requests = messages.map(requestOf<PlaceOrder>);
    const decided = this.#outcomes.decideOnce(requests, {
      ...this.product.order.placing(BOUNDS),
      load: (asked) => {
        const users = new Set(asked.flatMap(({ payload }) => (payload.fromCart ? payload.userId : [])));
        return {
          now: this.clock(),
          takenIds: asked.map(({ payload }) => payload.orderId).filter((id) => this.sagas.has(id)),
          ...this.#cartsOf(users),
          inFlight: this.#inFlight(),
        };
      },
      save: ({ sagas, history }) => {
        const begun = sagas.filter((saga) => saga !== undefined);
        for (const saga of begun) this.sagas.set(saga.order.orderId, saga);
        const fromCarts = begun.filter(({ order }) => order.fromCart && order.status === 'PENDING');
        this.#underway.push(...fromCarts.map(({ order }) => order));
        this.history.push(...history);
      },
    });
    return yield* this.#answered(messages, { requests, ...decided }, placedAgain);
  }

  *#cancel(messages: readonly Message[]): Requests {
    const requests = messages.map(requestOf<CancelOrder>);
    const decided = this.#outcomes.decideOnce(requests, {
      ...this.product.order.cancelling(BOUNDS),
      load: (asked) => this.#find(asked.map(({ payload }) => payload.orderId)),
      save: (changes) => this.#save(changes),
    });
    return yield* this.#answered(messages, { requests, ...decided }, cancelOf);
  }

  *#answered<M>(
    messages: readonly Message[],
    asked: Asked<M>,
    again: (request: M, orderId: string) => Input,
  ): Requests {
    yield () => `commits ${asked.outcomes.map(wordsOf).join('; ')}`;
    const toRepeats = yield* this.#advance(repeatsAmong(asked, again));
    return { publish: publishOf(reactionsTo(asked, toRepeats), messages) };
  }

  *#hearReplies(messages: readonly Message[], replica: number): Requests {
    const heard = messages.map(({ type, orderId, payload }) =>
      inputOfReply(type, orderId, payload as Parameters<typeof inputOfReply>[2]),
    );
    const reactions = yield* this.#advance(heard);
    return {
      publish: publishOf(reactions, []),
      afterConfirm: () =>
        this.#noteConfirmed(
          replica,
          reactions.flatMap(({ effects }) => effects),
        ),
    };
  }

  *#advance(inputs: readonly Input[]): Generator<Note, readonly Reaction[]> {
    if (inputs.length === 0) return [];
    const { reactions } = this.#applied(inputs);
    yield () => `commits ${this.#statesOf(inputs)}`;
    return reactions;
  }

  #applied(inputs: readonly Input[]): Decided {
    const found = this.#find(inputs.map(({ orderId }) => orderId));
    const decided = this.product.order.apply(found, inputs, BOUNDS);
    this.#save(decided);
    return decided;
  }

  #find(orderIds: readonly string[]): Found {
    const sagas = [...new Set(orderIds)].flatMap((orderId) => this.sagas.get(orderId) ?? []);
    const carts = sagas.filter(({ order }) => order.fromCart && order.status === 'PENDING');
    return {
      now: this.clock(),
      sagas,
      carts: this.#cartsOf(new Set(carts.map(({ order }) => order.userId))),
    };
  }

  #inFlight(): { userId: string; orders: number }[] {
    const pending = [...this.sagas.values()].filter(({ order }) => order.status === 'PENDING');
    const ofUsers = Map.groupBy(pending, ({ order }) => order.userId);
    return [...ofUsers].map(([userId, { length: orders }]) => ({ userId, orders }));
  }

  #cartsOf(users: ReadonlySet<string>): FoundCarts {
    const isTheirs = ({ userId }: { readonly userId: string }) => users.has(userId);
    return { lines: this.lines.filter(isTheirs), underway: this.#underway.filter(isTheirs) };
  }

  #save(decided: Decided): void {
    for (const { after } of decided.changed) this.sagas.set(after.order.orderId, after);
    this.history.push(...decided.history);
    this.entries.push(...entriesOf(decided));
    const { settled, changes } = this.product.order.decideSettling(decided.carts, settledBy(decided));
    const nameOf = ({ userId, optionId }: Pick<Line, 'userId' | 'optionId'>) => `${userId}/${optionId}`;
    const changed = new Set([...changes.kept, ...changes.gone].map(nameOf));
    if (changed.size > 0) {
      this.lines = [...this.lines.filter((line) => !changed.has(nameOf(line))), ...changes.kept];
    }
    if (settled.length > 0) {
      this.#underway = this.#underway.filter((one) =>
        settled.every(({ orderId }) => one.orderId !== orderId),
      );
    }
  }

  #noteConfirmed(replica: number, effects: readonly Effect[]): void {
    const events = effects.filter(({ kind }) => kind === 'event');
    if (events.length > 0) this.#confirmed.set(replica, [...(this.#confirmed.get(replica) ?? []), ...events]);
  }

  #writeConfirmed(replica: number): boolean {
    const events = this.#confirmed.get(replica) ?? [];
    this.#confirmed.delete(replica);
    for (const effect of events) {
      const saga = effect.kind === 'event' ? this.sagas.get(effect.orderId) : undefined;
      if (effect.kind !== 'event' || saga === undefined) continue;
      const owedEvents = saga.owedEvents.filter((event) => event !== effect.event);
      const isOwing = saga.awaits.length > 0 || owedEvents.length > 0;
      const lookAgainAt = isOwing ? saga.lookAgainAt : null;
      this.sagas.set(effect.orderId, { ...saga, owedEvents, lookAgainAt });
    }
    return events.length > 0;
  }

  #statesOf(inputs: readonly Input[]): string {
    const ids = [...new Set(inputs.map(({ orderId }) => orderId))];
    return ids.map((orderId) => `${orderId}: ${this.sagas.get(orderId)?.state ?? 'unknown'}`).join(', ');
  }
}
