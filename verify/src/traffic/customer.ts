import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '@jangteo/contracts';
import type { Customer } from '@jangteo/tools';
import type { Dice } from '../dice.js';
import type { Caller } from './caller.js';
import type { ClientLog } from './client-log.js';
import type { Ask, Kind, Operation } from './operation.js';
import type { Shop } from './shop.js';

const RETRIES = { retryMs: 100, retryMsMax: 1_000 };
/** Chance that somebody who was certainly sent away does not come back. */
const GIVES_UP = 0.2;
const THINKS_MS_MAX = 150;
/** Own operations that a customer remembers, to cancel, to read and to repeat. */
const MEMORY = 30;

/** Puts a question until its answer is known; `isPatient` says whether being sent away may end it. */
export class Asker {
  constructor(
    private readonly caller: Caller,
    private readonly log: ClientLog,
    private readonly dice: Dice,
    /** Ends all asking, known or not. */
    private readonly signal: AbortSignal,
  ) {}

  async untilKnown(operation: Operation, isPatient = true): Promise<void> {
    for (let pauses = 0; ; pauses += 1) {
      const attempt = await this.caller.attempt(operation);
      this.log.note(operation, attempt);
      if (operation.told !== undefined || this.signal.aborted) return;
      if (
        attempt.knowledge === 'fail' &&
        operation.unknowns === 0 &&
        !isPatient &&
        this.dice.chance(GIVES_UP)
      ) {
        operation.isAbandoned = true;
        return;
      }
      const pauseMs = backoffMs(RETRIES, pauses);
      await wait(pauseMs + this.dice.whole(0, pauseMs), undefined, { signal: this.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Asks for something else under the same key, until an answer is known: it must be this refusal. */
  async refusedAs(operation: Operation, ask: Ask, code: string): Promise<void> {
    while (!this.signal.aborted && operation.told !== undefined) {
      const { told, knowledge } = await this.caller.attempt({ ...operation, ask });
      if (knowledge === 'ok' && told?.code === code) return;
      if (knowledge === 'ok') {
        this.log.violate(
          `${operation.key} with another payload was answered ${told?.status} ${told?.code ?? ''}`,
        );
        return;
      }
      await wait(RETRIES.retryMsMax, undefined, { signal: this.signal }).catch(() => undefined);
    }
  }

  async once(operation: Operation): Promise<void> {
    this.log.note(operation, await this.caller.attempt(operation));
  }

  async read(path: string, token: string): ReturnType<Caller['read']> {
    const attempt = await this.caller.read((shop) => shop.request('GET', path), token);
    this.log.noteRead(path, attempt);
    return attempt;
  }
}

type Particulars = Pick<Operation, 'ask'> & Partial<Pick<Operation, 'amount' | 'couponId' | 'isDeclined'>>;

/** Makes an operation under a new key, and notes it before it is asked for the first time. */
export function wish(log: ClientLog, kind: Kind, { userId, token }: Customer, its: Particulars): Operation {
  const operation = { kind, userId, token, key: randomUUID(), unknowns: 0, ...its };
  log.begin(operation);
  return operation;
}

/** Somebody who shops: one thing after the other, each until its outcome is known. */
export class Shopper {
  readonly #past: Operation[] = [];
  readonly #coupons: string[] = [];

  constructor(
    private readonly customer: Customer,
    private readonly shop: Shop,
    private readonly asker: Asker,
    private readonly log: ClientLog,
    private readonly dice: Dice,
  ) {}

  async goShopping(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#next();
      await wait(this.dice.whole(0, THINKS_MS_MAX));
    }
  }

  async #next(): Promise<void> {
    const roll = this.dice.next();
    if (roll < 0.6) await this.#order();
    else if (roll < 0.7) await this.#cancel();
    else if (roll < 0.77) await this.#charge();
    else if (roll < 0.83) await this.#takeCoupon();
    else if (roll < 0.9) await this.#repeat();
    else await this.#read();
  }

  async #do(kind: Kind, its: Particulars): Promise<Operation> {
    const operation = wish(this.log, kind, this.customer, its);
    if (this.dice.chance(0.05))
      await Promise.all([this.asker.untilKnown(operation), this.asker.once(operation)]);
    else await this.asker.untilKnown(operation, false);
    this.#past.push(operation);
    if (this.#past.length > MEMORY) this.#past.shift();
    return operation;
  }

  async #order(): Promise<void> {
    const { dice, shop } = this;
    const goods = [...dice.some(shop.goods, 2), ...(dice.chance(0.15) ? [shop.hotGood] : [])].slice(-2);
    const items = goods.map((good) => ({ ...good, quantity: dice.whole(1, 2) }));
    const userCouponId = dice.chance(0.3) ? this.#coupons.shift() : undefined;
    const wait = dice.chance(0.1) ? 'none' : 2;
    const draft = { items, ...(userCouponId === undefined ? {} : { userCouponId }) };
    const order = await this.#do('order', {
      ask: (at, options) => at.orders.place(draft, { ...options, wait }),
    });
    // It comes back with a failed order.
    if (userCouponId !== undefined && order.told?.status !== 201) this.#coupons.push(userCouponId);
  }

  async #cancel(): Promise<void> {
    const orderId = this.#anyOrder()?.told?.orderId;
    if (orderId === undefined) return;
    await this.#do('cancel', { ask: (shop, options) => shop.orders.cancel(orderId, options) });
  }

  async #charge(): Promise<void> {
    const amount = this.dice.whole(1, 5_000);
    const paymentMethod = this.dice.pick(['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_unknown']);
    const isDeclined = paymentMethod === 'tok_declined';
    await this.#do('charge', {
      ask: (shop, options) => shop.balance.charge({ amount, paymentMethod }, options),
      amount,
      isDeclined,
    });
  }

  async #takeCoupon(): Promise<void> {
    const couponId = this.shop.campaigns.at(-1);
    if (couponId === undefined) return;
    const issue = await this.#do('issue', {
      ask: (shop, options) => shop.coupons.issue(couponId, options),
      couponId,
    });
    if (issue.told?.userCouponId !== undefined) this.#coupons.push(issue.told.userCouponId);
  }

  /** The answer must be the first one again; the log compares. */
  async #repeat(): Promise<void> {
    const known = this.#past.filter(({ told }) => told !== undefined);
    if (known.length > 0) await this.asker.once(this.dice.pick(known));
  }

  async #read(): Promise<void> {
    const order = this.#anyOrder();
    const path = order?.told?.orderId === undefined ? '/balance' : `/orders/${order.told.orderId}`;
    const { told } = await this.asker.read(path, this.customer.token);
    if (told === undefined || told.status >= 429) return;
    if (told.status !== 200) this.log.violate(`GET ${path} was answered ${told.status} ${told.code ?? ''}`);
    const allowed = order?.told?.status === 201 ? ['SUCCESS', 'CANCELLED'] : undefined;
    if (told.orderStatus !== undefined && allowed?.includes(told.orderStatus) === false) {
      this.log.violate(`GET ${path} says ${told.orderStatus}, although success was answered`);
    }
  }

  #anyOrder(): Operation | undefined {
    const orders = this.#past.filter(({ kind, told }) => kind === 'order' && told?.orderId !== undefined);
    return orders.length === 0 ? undefined : this.dice.pick(orders);
  }
}
