import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { OpenShop } from '@jangteo/tools';
import type { Dice } from '../dice.js';
import { Caller } from './caller.js';
import { CLIENT_LOG, ClientLog } from './client-log.js';
import { Asker, Shopper, wish } from './customer.js';
import type { Ask } from './operation.js';
import { openShop, type Shop } from './shop.js';

const ADMIN_EVERY_MS = 2_000;
/** Pause before somebody whose connection broke asks for a list again. */
const LIST_AGAIN_MS = 100;
const LIST: Ask = (shop) => shop.orders.list({ limit: 100 }).page();
/** Places of a campaign for each customer: some come too late. */
const PLACES_SHARE = 0.6;

/** Customers who shop, and an admin who fills up, until they are told to stop. */
export class Load {
  readonly #ended = new AbortController();
  #isOver = false;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly shop: Shop,
    readonly log: ClientLog,
    private readonly caller: Caller,
    private readonly dice: Dice,
  ) {}

  /** Fills the shop, which must be well, and lets customers in. @param dir for the log of all calls */
  static async start(stack: OpenShop, clients: number, dice: Dice, dir: string): Promise<Load> {
    const shop = await openShop(stack, clients);
    const load = new Load(shop, new ClientLog(join(dir, CLIENT_LOG)), new Caller(stack.urls[0] ?? ''), dice);
    load.#begin();
    return load;
  }

  /**
   * Nobody begins anything new; resolves when everything that was begun is known.
   * @returns how many operations are still not known after `deadlineMs`
   */
  async stop(deadlineMs: number): Promise<number> {
    this.#isOver = true;
    const ended = new AbortController();
    const late = wait(deadlineMs, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([this.#work, late]);
    ended.abort();
    this.#ended.abort();
    await this.caller.close();
    await this.#work;
    return this.log.operations.filter(({ told, isAbandoned }) => told === undefined && !isAbandoned).length;
  }

  /** So many orders of one product at once, by one customer; resolves when each is known. */
  async crowd(orders: number): Promise<void> {
    const [customer] = this.shop.customers;
    if (customer === undefined) return;
    const items = [{ ...this.shop.hotGood, quantity: 1 }];
    const asker = this.#asker(this.dice.fork());
    const ask: Ask = (shop, options) => shop.orders.place({ items }, { ...options, wait: 2 });
    const wishes = Array.from({ length: orders }, () => wish(this.log, 'order', customer, { ask }));
    await Promise.all(wishes.map((operation) => asker.untilKnown(operation)));
  }

  /**
   * The largest lists of one customer's orders, so many at a time, over and over until told to stop; an answer may
   * be that the shop is too busy, which is known.
   * @returns how many were answered
   */
  async lists(atOnce: number, signal: AbortSignal): Promise<number> {
    const [customer] = this.shop.customers;
    let answered = 0;
    const list = async (): Promise<void> => {
      while (customer !== undefined && !signal.aborted && !this.#ended.signal.aborted) {
        const { told } = await this.caller.read(LIST, customer.token);
        if (told !== undefined) answered += 1;
        else await wait(LIST_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, list));
    return answered;
  }

  /** One order, asked for so many times at once; the same key for something else is refused. */
  async sameKey(times: number): Promise<void> {
    const [customer] = this.shop.customers;
    const [good] = this.shop.goods;
    if (customer === undefined || good === undefined) return;
    const asker = this.#asker(this.dice.fork());
    const ordering =
      (quantity: number): Ask =>
      (shop, options) =>
        shop.orders.place({ items: [{ ...good, quantity }] }, options);
    const operation = wish(this.log, 'order', customer, { ask: ordering(1) });
    await Promise.all([
      asker.untilKnown(operation),
      ...Array.from({ length: times - 1 }, () => asker.once(operation)),
    ]);
    await asker.refusedAs(operation, ordering(2), 'IDEMPOTENCY_KEY_REUSED');
  }

  #begin(): void {
    const isOver = (): boolean => this.#isOver;
    const shoppers = this.shop.customers.map((customer) => {
      const dice = this.dice.fork();
      return new Shopper(customer, this.shop, this.#asker(dice), this.log, dice).goShopping(isOver);
    });
    this.#work = Promise.all([...shoppers, this.#administer()]);
    // Whoever waits for the end hears of a failure; until then it must not end the process.
    this.#work.catch(() => undefined);
  }

  #asker(dice: Dice): Asker {
    return new Asker(this.caller, this.log, dice, this.#ended.signal);
  }

  /** Brings more of what is scarce, and a new campaign now and then. */
  async #administer(): Promise<void> {
    const { admin, hotGood, customers, campaigns } = this.shop;
    const asker = this.#asker(this.dice.fork());
    for (let turn = 0; !this.#isOver; turn += 1) {
      if (turn % 3 === 0) {
        const totalQuantity = Math.max(1, Math.floor(customers.length * PLACES_SHARE));
        const draft = {
          name: `Week ${turn}`,
          discountType: 'FIXED' as const,
          discountValue: 300,
          totalQuantity,
        };
        const campaign = wish(this.log, 'campaign', admin, {
          ask: (shop, options) => shop.coupons.create(draft, options),
        });
        await asker.untilKnown(campaign);
        if (campaign.told?.couponId !== undefined) campaigns.push(campaign.told.couponId);
      }
      const { productId, optionId } = hotGood;
      const amount = this.dice.whole(5, 30);
      const restock = wish(this.log, 'restock', admin, {
        ask: (shop, options) => shop.products.restock(productId, { optionId, quantity: amount }, options),
        amount,
      });
      await asker.untilKnown(restock);
      await wait(ADMIN_EVERY_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }
}
