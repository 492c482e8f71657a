import { Broker, type Message, type Outgoing } from './broker.js';
import { CatalogDesk } from './catalog.js';
import { Clients } from './clients.js';
import { CouponDesk } from './coupon.js';
import { BOUNDS, OrderDesk } from './order.js';
import { Replies } from './participant.js';
import type { Batch, Handler, Note } from './pipeline.js';
import type { Product } from './product.js';
import { RankingDesk } from './ranking.js';
import { BEGINNING_MS, type Scenario, type Wanted } from './scenario.js';
import { demand } from './violation.js';
import { WalletDesk } from './wallet.js';

/** The batch that a replica works on. */
interface BatchInWork {
  readonly title: string;
  readonly batch: Batch;
  readonly effects: Generator<Note, void>;
}

/** Those that take part in orders. */
export const SIMULATED = ['order', 'catalog', 'coupon', 'wallet', 'ranking'] as const;
export type ServiceName = (typeof SIMULATED)[number];

const BATCH_MAX = 8;
/** Far more than any history needs: retries are a minute apart at most. */
const ROUNDS_MAX = 60;

/** The whole shop in memory, in which nothing happens by itself. */
export class World {
  readonly broker: Broker;
  readonly clients = new Clients();
  readonly order: OrderDesk;
  readonly catalog: CatalogDesk;
  readonly coupon: CouponDesk;
  readonly wallet: WalletDesk;
  readonly ranking: RankingDesk;
  readonly #handlers = new Map<string, { service: ServiceName; handler: Handler }>();
  #works: BatchInWork[] = [];
  #nowMs = BEGINNING_MS;

  /**
   * @param log where what happens is told; whoever does not read it saves the words
   * @param sees is shown every message that is published
   */
  constructor(
    readonly scenario: Scenario,
    private readonly product: Product,
    private readonly log?: (line: string) => void,
    sees?: (outgoing: Outgoing) => void,
  ) {
    const replies = new Replies();
    const clock = () => new Date(this.#nowMs);
    const skewedClock = () => new Date(this.#nowMs + scenario.clockSkewMs);
    this.broker = new Broker((answer) => this.clients.hear(answer), sees);
    this.order = new OrderDesk(scenario.cart, product, clock);
    this.catalog = new CatalogDesk(scenario.options, product, replies);
    this.coupon = new CouponDesk(scenario.coupons, product, replies, skewedClock);
    this.wallet = new WalletDesk(new Map(Object.entries(scenario.balances)), product, replies);
    this.ranking = new RankingDesk(product);
    for (const service of SIMULATED) {
      for (const [queueName, handler] of Object.entries(this[service].handlers)) {
        this.#handlers.set(queueName, { service, handler });
      }
    }
  }

  get worksOn(): number {
    return this.#works.length;
  }

  say(line: () => string): void {
    this.log?.(line());
  }

  publish(message: Message): void {
    this.broker.publish(message);
  }

  pass(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }

  /** A replica takes a batch, and gets through so many effects of its work; through all of them by default. */
  deliver(queueName: string, from: number, count: number, replica: number, effectsMax?: number): void {
    const messages = this.broker.take(queueName, from, count);
    const reader = this.#handlers.get(queueName);
    if (messages.length === 0 || reader === undefined) return;
    const { service, handler } = reader;
    const batch: Batch = { service, replica, messages, isAcknowledged: false };
    const effects = this.product.pipeline(batch, handler, this.broker);
    this.#start({ title: titleOf(queueName, batch), batch, effects }, effectsMax);
  }

  sweep(replica: number, effectsMax?: number): void {
    const batch: Batch = { service: 'order', replica, messages: [], isAcknowledged: true };
    const effects = this.order.sweep(replica, this.broker);
    this.#start({ title: `order/${replica} sweeps`, batch, effects }, effectsMax);
  }

  /** One of those who were interrupted goes on. */
  goOn(index: number, effectsMax?: number): void {
    const work = this.#works[index % this.#works.length];
    if (work === undefined) return;
    this.#works = this.#works.filter((other) => other !== work);
    this.#start({ ...work, title: `${work.title} (goes on)` }, effectsMax);
  }

  /** The connection of one of those who were interrupted breaks: what it has not acknowledged comes again. */
  cut(index: number): void {
    const work = this.#works[index % this.#works.length];
    if (work !== undefined) this.#abandon([work], () => `${work.title}: its connection breaks`);
  }

  /** A replica dies with all that it is at. */
  crash(service: ServiceName, replica: number): void {
    const its = ({ batch }: BatchInWork) => batch.service === service && batch.replica === replica;
    this.#abandon(this.#works.filter(its), () => `${service}/${replica} dies`);
    if (service === 'order') this.order.forget(replica);
  }

  /**
   * Nothing goes wrong any more: whoever was interrupted goes on, all that is on the way arrives, clients ask
   * until they are answered, and the sweeper sends again until nothing is owed.
   */
  settle(): void {
    this.say(() => 'nothing goes wrong any more');
    while (this.#works.length > 0) this.goOn(0);
    this.#rest();
    // Of one who asks for more than may be on their way at a time, the others wait for their turn.
    for (const _ of this.scenario.orders) {
      this.#askAgain((wanted) => !this.clients.isAnswered(wanted));
      this.#rest();
    }
  }

  /**
   * Every message that there ever was comes once more, those that were lost now for the first time; and
   * everybody who has placed an order asks once more. Nothing of it may have any effect.
   */
  repeatEverything(): void {
    this.say(() => 'every message that there ever was comes once more');
    this.broker.giveBack(this.broker.kept.slice());
    this.#askAgain(() => true);
    this.#rest();
  }

  #askAgain(isWanted: (wanted: Wanted) => boolean): void {
    for (const wanted of this.scenario.orders) {
      if (this.clients.hasAsked(wanted) && isWanted(wanted)) {
        this.publish(this.clients.place(wanted, false, false));
      }
    }
  }

  /** @throws Violation when something is owed for ever */
  #rest(): void {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      this.#drain();
      for (const replica of [0, 1]) this.sweep(replica);
      const isIdle = this.broker.queueNames().length === 0;
      if (isIdle && [...this.order.sagas.values()].every(({ lookAgainAt }) => lookAgainAt === null)) return;
      if (isIdle) this.pass(BOUNDS.retryMsMax);
    }
    const waiting = [...this.order.sagas.values()].filter(({ lookAgainAt }) => lookAgainAt !== null);
    demand(false, 'orders', () =>
      waiting.map(({ order, state }) => `${order.orderId} is ${state} for ever`).join(', '),
    );
  }

  #drain(): void {
    for (
      let queueNames = this.broker.queueNames();
      queueNames.length > 0;
      queueNames = this.broker.queueNames()
    ) {
      for (const queueName of queueNames) this.deliver(queueName, 0, BATCH_MAX, 0);
    }
  }

  #start(work: BatchInWork, effectsMax = Infinity): void {
    const notes: string[] = [];
    for (let done = 0; done < effectsMax; done += 1) {
      const { value, done: isOver } = work.effects.next();
      if (isOver) {
        if (notes.length > 0) this.say(() => `${work.title}: ${notes.join(', ')}`);
        return;
      }
      if (this.log !== undefined) notes.push(value());
    }
    this.#works.push(work);
    this.say(() => `${work.title}: ${[...notes, 'is interrupted'].join(', ')}`);
  }

  #abandon(works: readonly BatchInWork[], what: () => string): void {
    this.#works = this.#works.filter((work) => !works.includes(work));
    const lost = works.filter(({ batch }) => !batch.isAcknowledged).flatMap(({ batch }) => batch.messages);
    this.broker.giveBack(lost);
    this.say(() => `${what()}${lost.length > 0 ? ', what it had not acknowledged comes again' : ''}`);
  }
}

function titleOf(queueName: string, { service, replica, messages }: Batch): string {
  const ids = messages.map(({ type, orderId }) => (type === queueName ? orderId : `${type} ${orderId}`));
  return `${service}/${replica} takes ${queueName} ${ids.join(', ')}`;
}
