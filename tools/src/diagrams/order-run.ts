import {
  cancelOrder,
  lookAtBalances,
  lookAtCoupons,
  MESSAGES,
  placeOrder,
  SAGA_SERVICE,
  SAGA_STEPS,
  SERVICES,
  SUBSCRIPTIONS,
  type MessageContract,
  type Outcome,
  type RequestContract,
} from '@jangteo/contracts';
import type { PrintedRoute } from '../documents.js';
import { REPLIES, type Answer, type Message, type Outgoing } from '../simulation/broker.js';
import { seenBefore } from '../simulation/look.js';
import { PRODUCT } from '../simulation/product.js';
import type { Scenario, Wanted } from '../simulation/scenario.js';
import { World } from '../simulation/world.js';
import { message, Sequence, statusLine, wordsOf } from './sequence.js';

/** The shop before an order: cups and a coupon that are enough. */
export const SHOP: Scenario = {
  options: [
    {
      productId: 'cup',
      productName: 'Cup',
      category: null,
      basePrice: 1_000,
      status: 'SELLABLE',
      optionId: 'cup',
      optionName: 'Cup',
      additionalPrice: 0,
      optionStatus: 'SELLABLE',
      stock: 10,
    },
  ],
  balances: { ann: 10_000 },
  coupons: [
    {
      userCouponId: 'coupon',
      userId: 'ann',
      orderId: null,
      takenBackAt: null,
      discountType: 'FIXED',
      discountValue: 500,
      maxDiscount: null,
      minOrderAmount: null,
      expiresAt: null,
    },
  ],
  cart: [],
  orders: [],
  clockSkewMs: 0,
};

const WISH: Wanted = { name: 'A', userId: 'ann', items: [{ productId: 'cup', quantity: 2 }] };

/** The shop and the order, where they differ from the usual ones. */
export interface Begin {
  readonly shop?: Partial<Scenario>;
  readonly wish?: Partial<Wanted>;
}

function contractOf(type: string): MessageContract {
  const contract = MESSAGES.find((one) => one.type === type);
  if (contract === undefined) throw new Error(`there is no message ${type}`);
  return contract;
}

/** One order in the simulation, every message of which is drawn. */
export class OrderRun {
  readonly sequence = new Sequence();
  readonly world: World;
  readonly #wanted: Wanted;
  readonly #routes = new Map<string, PrintedRoute>();
  #state = '';
  #isClientWaiting = false;
  #held: Message[] = [];
  #isHolding = false;

  /** @param routes those of the API */
  constructor(
    private readonly routes: readonly PrintedRoute[],
    { shop = {}, wish = {} }: Begin = {},
  ) {
    this.#wanted = { ...WISH, ...wish };
    const scenario = { ...SHOP, ...shop, orders: [this.#wanted] };
    this.world = new World(scenario, PRODUCT, undefined, (outgoing) => this.#draw(outgoing));
  }

  /** The client places the order; the gateway looks before it asks, unless the look is too late. */
  place({ looks = true }: { readonly looks?: boolean } = {}): void {
    this.#ask(placeOrder);
    this.#place(true, looks);
  }

  /** The gateway asks whether the order is placed, and waits no more. */
  placeWithoutWait(): void {
    this.#place(false, false);
  }

  cancel(): void {
    const orderId = [...this.world.order.sagas.keys()][0] ?? '';
    this.#ask(cancelOrder);
    this.#send(cancelOrder, this.world.clients.cancel(orderId, 1));
  }

  /** Those who read these queues take what is there, one queue after the other. */
  deliver(...queueNames: readonly string[]): void {
    for (const queueName of queueNames) this.world.deliver(queueName, 0, 1, 0);
  }

  /** The same, but for their replies, which are late. */
  deliverHolding(queueName: string): void {
    this.#isHolding = true;
    this.deliver(queueName);
    this.#isHolding = false;
    this.world.broker.take(REPLIES, 0, this.#held.length);
  }

  /** The late replies arrive. */
  release(): void {
    for (const reply of this.#held) this.#drawReply(reply);
    this.world.broker.giveBack(this.#held);
    this.#held = [];
  }

  /** So much time goes by, and the sweeper looks. */
  wait(milliseconds: number, note: string): void {
    this.sequence.note(SAGA_SERVICE, note);
    this.world.pass(milliseconds);
    this.world.sweep(0);
  }

  /** All that is on its way arrives, until nothing is owed. */
  settle(): void {
    this.world.settle();
    this.#noteState();
  }

  #place(waits: boolean, looks: boolean): void {
    const seen = looks ? this.#look() : undefined;
    this.#send(placeOrder, this.world.clients.place({ ...this.#wanted, seen }, waits, false));
  }

  #ask({ type }: RequestContract): void {
    const { method, path } = this.#routeOf(type);
    this.sequence.call('client', 'gateway', `${method.toUpperCase()} ${path}`);
    this.#isClientWaiting = true;
  }

  #send({ type }: RequestContract, asked: Message): void {
    this.#routes.set(asked.replyAddress?.correlationId ?? '', this.#routeOf(type));
    this.world.publish(asked);
  }

  #routeOf(type: string): PrintedRoute {
    const id = type === placeOrder.type ? 'placeOrder' : 'cancelOrder';
    return this.routes.find((route) => route.id === id)!;
  }

  #look() {
    const seen = seenBefore(this.world, this.#wanted);
    const { balance, coupon } = seen;
    this.sequence.call('gateway', lookAtBalances.service, lookAtBalances.type);
    this.sequence.answer(lookAtBalances.service, 'gateway', `balance ${balance}`);
    if (coupon === undefined) return seen;
    this.sequence.call('gateway', lookAtCoupons.service, lookAtCoupons.type);
    this.sequence.answer(lookAtCoupons.service, 'gateway', coupon.usable ? 'usable' : coupon.reason);
    return seen;
  }

  #draw(outgoing: Outgoing): void {
    this.#noteState();
    if ('to' in outgoing) return this.#drawAnswer(outgoing);
    const { queueName, type, payload } = outgoing;
    if (queueName === REPLIES) {
      if (!this.#isHolding) return this.#drawReply(outgoing);
      this.#held.push(outgoing);
      return this.sequence.note(
        contractOf(type).service,
        `${wordsOf(payload as Outcome)}, and the reply is late`,
      );
    }
    const { kind, service } = contractOf(type);
    const text = message(type, payload);
    if (kind === 'event') {
      for (const one of SERVICES) {
        const isHeard = SUBSCRIPTIONS[one]?.some((event) => event.type === type) === true;
        if (isHeard) this.sequence.tell(service, one, text);
      }
      return;
    }
    this.sequence.call(kind === 'request' ? 'gateway' : SAGA_SERVICE, service, text);
  }

  #drawReply({ type, payload }: Message): void {
    this.sequence.answer(contractOf(type).service, SAGA_SERVICE, wordsOf(payload as Outcome));
  }

  #drawAnswer({ to, outcome }: Answer): void {
    this.sequence.answer(SAGA_SERVICE, 'gateway', wordsOf(outcome));
    const route = this.#routes.get(to.correlationId);
    if (route === undefined || !this.#isClientWaiting) return;
    this.sequence.answer('gateway', 'client', statusLine(route.status, outcome));
    this.#isClientWaiting = false;
  }

  #noteState(): void {
    const [state = ''] = [...this.world.order.sagas.values()].map((saga) => saga.state);
    if (state !== this.#state) this.sequence.note(SAGA_SERVICE, state);
    this.#state = state;
  }
}

/** Queues of the saga's actions, by their place. */
export const ACTIONS = SAGA_STEPS.map(({ action }) => action.type);
