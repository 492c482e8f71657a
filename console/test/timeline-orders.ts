import type { OrderTimeline } from '@jangteo/client';
import { eventually, expected, withClient, type Customer, type Shop } from '@jangteo/testkit';

const CUP = { name: '머그컵', price: 1_000, stock: 100 };

/** Orders of a shop, by what becomes of them. */
export class TimelineOrders {
  constructor(private readonly shop: Shop) {}

  async timeline(orderId: string): Promise<OrderTimeline> {
    const token = await this.shop.client.admin();
    return expected(200, await this.shop.client.get<OrderTimeline>(`/orders/${orderId}/timeline`, { token }));
  }

  /** Waits until the timeline of an order is as told. */
  async until(orderId: string, isSo: (timeline: OrderTimeline) => boolean): Promise<OrderTimeline> {
    return await eventually(async () => {
      const timeline = await this.timeline(orderId);
      return isSo(timeline) && timeline;
    });
  }

  /** One with a coupon that has succeeded, and has been told to all who are told. */
  async success(): Promise<{ orderId: string; customer: Customer }> {
    const { client } = this.shop;
    const { customer, productId, userCouponId } = await this.#stage();
    const items = [{ productId, quantity: 2 }];
    const { orderId } = expected(201, await client.order(customer, { items, userCouponId }));
    const isTold = ({ rows = [], records }: OrderTimeline): boolean =>
      rows.some(({ service }) => service === 'ranking') && records[0]?.sequence !== undefined;
    await this.until(orderId, isTold);
    return { orderId, customer };
  }

  /** One that was cancelled two seconds after it had succeeded, far longer than it took. */
  async cancelled(): Promise<string> {
    const { orderId, customer } = await this.success();
    const { at } = (await this.timeline(orderId)).placed;
    await this.until(orderId, ({ readAt }) => Date.parse(readAt) - Date.parse(at) > 2_000);
    const { client } = this.shop;
    expected(200, await client.post(`/orders/${orderId}/cancel`, undefined, { token: customer.token }));
    await this.until(
      orderId,
      ({ orderStatus, records }) => orderStatus === 'CANCELLED' && records.length === 2,
    );
    return orderId;
  }

  /**
   * One that the wallet refused, and one that the wallet did not answer in time. While it is away, the balance of a
   * customer covers two orders each, but not both.
   */
  async undone(): Promise<{ refused: string; timedOut: string }> {
    const { customer, productId } = await this.#stage();
    await this.shop.kill('wallet');
    let timedOut = '';
    const both: string[] = [];
    try {
      for (const quantity of [6, 6])
        both.push(await this.#place(customer, { items: [{ productId, quantity }] }));
      timedOut = await this.#place(customer, { items: [{ productId, quantity: 2 }] });
      for (const orderId of [...both, timedOut]) await this.until(orderId, isAwaited('DebitWallet'));
      await withClient(this.shop.databaseUrlOf('order'), (database) =>
        database.query('UPDATE sagas SET deadline_at = now(), look_again_at = now() WHERE order_id = $1', [
          timedOut,
        ]),
      );
      await this.until(timedOut, ({ steps }) => steps.some(({ state }) => state === 'GIVEN_UP'));
    } finally {
      await this.shop.start('wallet');
    }
    const ended = await Promise.all(
      [...both, timedOut].map((orderId) =>
        this.until(orderId, ({ orderStatus }) => orderStatus !== 'PENDING'),
      ),
    );
    const refused = ended.find(({ why }) => why.code === 'INSUFFICIENT_BALANCE');
    if (refused === undefined) throw new Error('none of two orders was refused');
    return { refused: refused.orderId, timedOut };
  }

  /** One whose coupon is asked for in vain, more than once; whoever wants it to go on starts `coupon`. */
  async inFlight(): Promise<{ orderId: string; customer: Customer }> {
    const { customer, productId, userCouponId } = await this.#stage();
    await this.shop.kill('coupon');
    const orderId = await this.#place(customer, { items: [{ productId, quantity: 2 }], userCouponId });
    await this.until(orderId, ({ steps }) => steps.some(({ sends = 1 }) => sends > 1));
    return { orderId, customer };
  }

  async #stage(): Promise<{ customer: Customer; productId: string; userCouponId: string }> {
    const { client } = this.shop;
    const customer = await client.register(10_000);
    const { productId } = await client.createProduct(CUP);
    const { couponId } = await client.createCoupon();
    const { userCouponId } = await client.issue(customer, couponId);
    return { customer, productId, userCouponId };
  }

  async #place(customer: Customer, order: object): Promise<string> {
    const answer = await this.shop.client.order(customer, { ...order }, { prefer: 'respond-async' });
    return expected(202, answer).orderId;
  }
}

const isAwaited =
  (name: string) =>
  ({ steps }: OrderTimeline): boolean =>
    steps.some(({ step, state }) => step === name && state === 'AWAITED');
