import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Jangteo, JangteoError, type OrderDraft, type Product, type StuckSaga } from '@jangteo/client';
import { eventually, signalProcess } from '@jangteo/infra';
import { demoGoods } from '../demo-goods.js';
import { Random } from '../simulation/random.js';
import { forEach } from '../stack/customers.js';
import type { Stack } from '../stack/stack.js';
import { PEOPLE } from './people.js';

/** Of which there are three: whoever wants more is refused. */
const RARE = '한지 조명, 단 세 점';
const SEED = 20_260_301;
const CHARGE = 900_000;
/** The place of somebody who has less, and what that is. */
const POOR = { at: 2, charge: 180_000 };
/** Orders a second: how many on average, and how many more or fewer as the tide turns. */
const RATE = { mean: 2.2, tide: 1.3, tideMs: 170_000 };
/** Of a hundred orders that succeed, how many are cancelled. */
const CANCELLED_PERCENT = 3;
const RESTOCKED = 60;
/** Longer than any deadline of an order. */
const PATIENCE_MS = 120_000;

type Line = NonNullable<OrderDraft['items']>[number];

interface Person {
  readonly shop: Jangteo;
  /** Those that are not used yet, by coupon. */
  readonly coupons: Map<string, string>;
}

/** For what may be refused so. @throws what is refused otherwise */
function allowing(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof JangteoError && codes.includes(error.code)) return undefined;
    throw error;
  };
}

/** A Korean shop on a market day, as its customers and its staff make it by the API. */
export class Market {
  readonly #random = new Random(SEED);
  readonly #people: Person[] = [];
  readonly #goods: Product[] = [];
  #couponIds: readonly string[] = [];

  private constructor(
    private readonly stack: Stack,
    readonly admin: Jangteo,
  ) {}

  /** Puts goods and coupons into a shop, and lets customers in, who charge their wallets and take the coupons. */
  static async open(stack: Stack): Promise<Market> {
    const admin = new Jangteo({ url: stack.urls[0]!, language: 'ko' });
    await admin.auth.login({ email: stack.adminEmail, password: stack.secrets.adminPassword });
    const market = new Market(stack, admin);
    await market.#stock();
    const people = PEOPLE.map(() => market.#person());
    await forEach(people, async ({ shop }, index) => {
      const [name, account] = PEOPLE[index]!;
      const credentials = { email: `${account}@example.com`, password: randomUUID() };
      await shop.auth.register({ ...credentials, name });
      await shop.auth.login(credentials);
      await shop.balance.charge({ amount: index === POOR.at ? POOR.charge : CHARGE });
    });
    market.#people.push(...people);
    await market.#issueCoupons();
    return market;
  }

  /** The coupon of which there are fewer than people who want one. */
  get couponId(): string {
    return this.#couponIds[0]!;
  }

  /** A link that logs the admin in to the console, at a page of it. */
  async addressOf(path: string): Promise<string> {
    const { loginToken } = await this.admin.auth.consoleLink();
    return `${this.stack.urls[0]!}/console${path}#login=${loginToken}`;
  }

  /** Lets customers shop for a while. @throws what the shop refuses for no good reason */
  async trade(forMs: number, signal: AbortSignal): Promise<void> {
    const buying = new Set<Promise<void>>();
    let failure: unknown;
    const began = performance.now();
    for (let passedMs = 0; passedMs < forMs; passedMs = performance.now() - began) {
      const one = this.#buy(this.#random.pick(this.#people.slice(3)))
        .catch((error: unknown) => void (failure ??= error))
        .finally(() => buying.delete(one));
      buying.add(one);
      const perSecond = RATE.mean + RATE.tide * Math.sin((2 * Math.PI * passedMs) / RATE.tideMs);
      const gapMs = (1_000 / perSecond) * (0.4 + this.#random.below(1_200) / 1_000);
      await pause(gapMs, undefined, { signal });
      if (failure !== undefined) break;
    }
    await Promise.all(buying);
    if (failure !== undefined) throw failure as Error;
  }

  /** An order that the wallet does not answer before its deadline: all of it is undone. */
  async timedOut(): Promise<void> {
    const { shop } = this.#people[0]!;
    const line = this.#line('대나무 돗자리', 1);
    await this.#restock(line, line.quantity);
    const [wallet] = this.stack.processesOf('wallet');
    await wallet!.kill();
    let orderId: string;
    try {
      ({ orderId } = await shop.orders.place({ items: [line] }, { wait: 'none' }));
      await this.#untilSaga(orderId, ({ state }) => state === 'UNDOING');
    } finally {
      await wallet!.start();
    }
    await shop.orders.untilEnded(orderId);
  }

  /** An order of more than there is. */
  async outOfStock(): Promise<void> {
    const { shop } = this.#people[1]!;
    await shop.orders.place({ items: [this.#line(RARE, 4)] }).catch(allowing('OUT_OF_STOCK'));
  }

  /**
   * An order that the wallet refuses when stock and coupon are taken already, so that both go back: another one of the
   * same customer was there first.
   * @returns its id
   */
  async refusedByWallet(): Promise<string> {
    const { shop, coupons } = this.#people[POOR.at]!;
    const { currentBalance } = await shop.balance.read();
    const items = [this.#line('무쇠 전골냄비', 2), this.#line('한지 수첩', 1)];
    const dear = this.#line('방짜 유기 수저 세트', Math.floor(currentBalance / 24_000) - 2);
    for (const { quantity, ...line } of [...items, dear]) await this.#restock(line, quantity);
    const [wallet] = this.stack.processesOf('wallet');
    // As if it were busy: it answers neither of them before both have got to it.
    signalProcess(wallet!.pid, 'SIGSTOP');
    try {
      await this.#untilItsTurn(shop, { items: [dear] });
      const userCouponId = coupons.get(this.couponId)!;
      const orderId = await this.#untilItsTurn(shop, { items, userCouponId });
      signalProcess(wallet!.pid, 'SIGCONT');
      await shop.orders.untilEnded(orderId);
      return orderId;
    } finally {
      signalProcess(wallet!.pid, 'SIGCONT');
    }
  }

  /** An order of which a customer thinks better. */
  async cancelled(): Promise<void> {
    const { shop } = this.#people[3]!;
    const { orderId } = await shop.orders.place({ items: [this.#line('한지 수첩', 2)] }, { wait: 'ended' });
    await shop.orders.cancel(orderId);
  }

  async #stock(): Promise<void> {
    const { products, coupons } = demoGoods('ko');
    for (const draft of products) this.#goods.push(await this.admin.products.create(draft));
    const made: string[] = [];
    for (const draft of coupons) made.push((await this.admin.coupons.create(draft)).couponId);
    this.#couponIds = made;
  }

  #person(): Person {
    return { shop: new Jangteo({ url: this.stack.urls[0]!, language: 'ko' }), coupons: new Map() };
  }

  /** One person after the other: places are given in the order in which they are asked for. */
  async #issueCoupons(): Promise<void> {
    for (const { shop, coupons } of this.#people) {
      for (const couponId of this.#couponIds) {
        const issued = await shop.coupons.issue(couponId).catch(allowing('COUPON_SOLD_OUT'));
        if (issued !== undefined) coupons.set(couponId, issued.userCouponId);
      }
    }
  }

  /** As a customer would: with a coupon while there is one, and with money again where it ran out. */
  async #buy({ shop, coupons }: Person): Promise<void> {
    const random = this.#random;
    const goods = this.#goods.filter(({ name }) => name !== RARE);
    const lines = new Map<string, Line>();
    for (let count = 1 + random.below(3); count > 0; count -= 1) {
      const { productId, options } = random.pick(goods);
      const { optionId } = random.pick(options);
      lines.set(optionId, { productId, optionId, quantity: 1 + random.below(2) });
    }
    const items = [...lines.values()];
    const [couponId, userCouponId] = random.percent(40) ? ([...coupons][0] ?? []) : [];
    if (couponId !== undefined) coupons.delete(couponId);
    const draft = { items, ...(userCouponId === undefined ? {} : { userCouponId }) };
    const isCancelled = random.percent(CANCELLED_PERCENT);
    try {
      const { orderId } = await shop.orders.place(draft, { wait: 'ended' });
      if (isCancelled) await shop.orders.cancel(orderId);
    } catch (error) {
      await this.#mend(shop, error);
    }
  }

  /** What people do about a refusal that they understand. @throws any other */
  async #mend(shop: Jangteo, error: unknown): Promise<void> {
    if (!(error instanceof JangteoError)) throw error;
    if (error.code === 'INSUFFICIENT_BALANCE') return void (await shop.balance.charge({ amount: CHARGE }));
    // A small order with a coupon for larger ones: the coupon stays theirs, and they forget about it.
    if (error.code === 'COUPON_NOT_USABLE') return;
    if (error.code !== 'OUT_OF_STOCK') throw error;
    for (const line of error.shortages) await this.#restock(line, RESTOCKED);
  }

  async #restock({ productId, optionId }: Omit<Line, 'quantity'>, quantity: number): Promise<void> {
    const change = { ...(optionId === undefined ? {} : { optionId }), quantity, reason: '추가 입고' };
    await this.admin.products.restock(productId, change);
  }

  /** Places an order, and waits until nothing but the wallet is left to ask. @returns its id */
  async #untilItsTurn(shop: Jangteo, draft: OrderDraft): Promise<string> {
    const { orderId } = await shop.orders.place(draft, { wait: 'none' });
    await this.#untilSaga(orderId, ({ awaits }) => awaits.includes('DebitWallet'));
    return orderId;
  }

  /** Not asked of the order's timeline, which waits for what a silent wallet has to say. */
  async #untilSaga(orderId: string, isSo: (saga: StuckSaga) => boolean): Promise<void> {
    const look = async (): Promise<boolean> => {
      const sagas = await this.admin.admin.sagas({ olderThanSeconds: 0 }).first(100);
      return sagas.some((saga) => saga.orderId === orderId && isSo(saga));
    };
    await eventually(look, { deadlineMs: PATIENCE_MS, everyMs: 100 });
  }

  #line(name: string, quantity: number): Line {
    const { productId, options } = this.#goods.find((one) => one.name === name)!;
    return { productId, optionId: options[0]!.optionId, quantity };
  }
}
