import { cancelOrder, placeOrder, type Outcome, type SeenBefore } from '@jangteo/contracts';
import type { Answer, Message } from './broker.js';
import type { Wanted } from './scenario.js';

/** A request that was answered, by all of those who asked it. */
interface Asked {
  readonly key: string;
  /** The answers that came, each once. */
  readonly answers: Set<string>;
}

/** The gateway and its clients: they ask, ask again under the same key, and take what they are answered. */
export class Clients {
  readonly #byKey = new Map<string, Asked>();
  readonly #byCorrelation = new Map<string, Asked>();
  readonly #requests = new Map<string, number>();

  /** A request to place an order; one that repeats an earlier one has the order id of its own that each has. */
  place(
    {
      name,
      userId,
      items,
      userCouponId,
      expectedTotal,
      seen,
    }: Wanted & { readonly seen?: SeenBefore | undefined },
    wait: boolean,
    isNew: boolean,
  ): Message {
    const before = this.#requests.get(name) ?? 0;
    const number = isNew || before === 0 ? before + 1 : before;
    this.#requests.set(name, number);
    const orderId = `${name}${number}`;
    const payload = {
      operation: { key: `place ${name}`, fingerprint: '' },
      orderId,
      userId,
      ...(items === undefined ? { fromCart: true } : { items }),
      userCouponId,
      expectedTotal,
      seen,
      wait,
    };
    return this.#asked(placeOrder.type, orderId, payload);
  }

  /** A request to cancel an order, under one of several keys. */
  cancel(orderId: string, number: number): Message {
    const operation = { key: `cancel ${orderId} ${number}`, fingerprint: '' };
    return this.#asked(cancelOrder.type, orderId, { operation, orderId, cancelledBy: 'customer' });
  }

  /** Passes over a refusal for too many orders on their way: it is no answer for good, and the client asks again. */
  hear({ to, outcome }: Answer): void {
    const { ok, refusal } = outcome as Outcome & { refusal?: { code: string } };
    if (!ok && refusal?.code === 'TOO_MANY_ORDERS_IN_FLIGHT') return;
    this.#byCorrelation.get(to.correlationId)?.answers.add(JSON.stringify(outcome));
  }

  hasAsked({ name }: Wanted): boolean {
    return this.#requests.has(name);
  }

  isAnswered({ name }: Wanted): boolean {
    return (this.#byKey.get(`place ${name}`)?.answers.size ?? 0) > 0;
  }

  all(): readonly Asked[] {
    return [...this.#byKey.values()];
  }

  #asked<P extends { operation: { key: string } }>(type: string, orderId: string, payload: P): Message {
    const { key } = payload.operation;
    const asked = this.#byKey.get(key) ?? { key, answers: new Set<string>() };
    this.#byKey.set(key, asked);
    const correlationId = `request ${this.#byCorrelation.size + 1}`;
    this.#byCorrelation.set(correlationId, asked);
    return { queueName: type, type, orderId, payload, replyAddress: { replyTo: 'gateway', correlationId } };
  }
}
