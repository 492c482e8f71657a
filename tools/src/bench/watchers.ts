import { untilSettled, withClient } from '@jangteo/testkit';
import { Agent, request } from 'undici';
import { forEach, shopAs } from '../stack/customers.js';
import type { Stack } from '../stack/stack.js';
import { adminToken, makeCoupon, type World } from './world.js';

/** An order that has ended is given back to its saga, so that a stream of it goes on. */
const HOLD = `UPDATE sagas SET state = 'UNDOING', awaits = '{ReleaseStock}', look_again_at = now() + interval '1 day'
  WHERE order_id = ANY($1::uuid[])`;
const LET_GO = `UPDATE sagas SET state = 'SUCCESS', awaits = '{}', look_again_at = NULL WHERE order_id = ANY($1::uuid[])`;

interface Stream {
  readonly path: string;
  readonly token?: string;
}

/** What streams tell of: the whole shop once, and by halves a coupon and orders that are on their way, each its own. */
export class Watchers {
  private constructor(
    private readonly stack: Stack,
    private readonly streams: readonly Stream[],
    private readonly orderIds: readonly string[],
  ) {}

  static async of(stack: Stack, { customers, goods }: World, count: number): Promise<Watchers> {
    const shop = { path: '/admin/live', token: await adminToken(stack) };
    const coupon = { path: `/coupons/${await makeCoupon(stack, 1_000)}/live` };
    const orders: (Stream & { readonly orderId: string })[] = [];
    await forEach(Array.from({ length: Math.floor(count / 2) }), async (_, index) => {
      const { token } = customers[index % customers.length]!;
      const items = [{ ...goods[index % goods.length]!, quantity: 1 }];
      const { orderId } = await shopAs(stack.urls[0]!, token).orders.place({ items });
      orders.push({ path: `/orders/${orderId}/events`, token, orderId });
    });
    await untilSettled(stack);
    const coupons = Array.from({ length: count - orders.length - 1 }, () => ({ ...coupon }));
    return new Watchers(
      stack,
      [shop, ...coupons, ...orders],
      orders.map(({ orderId }) => orderId),
    );
  }

  /**
   * Holds the orders, and opens the streams where they are to be open: so nothing but the streams tells two turns apart.
   *
   * @param faults where it notes streams that did not come, told nothing or ended by themselves
   * @returns what ends it
   */
  async begin(areOpen: boolean, faults: string[]): Promise<() => Promise<void>> {
    await this.#set(HOLD);
    const dispatcher = new Agent({ bodyTimeout: 0 });
    const open = areOpen ? this.streams : [];
    const heard = new Set<Stream>();
    let isOver = false;
    await forEach(open, async (stream, index) => {
      const { path, token } = stream;
      const url = `${this.stack.urls[index % this.stack.urls.length]}${path}`;
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const { statusCode, body } = await request(url, { headers, dispatcher });
      if (statusCode !== 200) faults.push(`a stream of ${path} was answered with ${statusCode}`);
      body.on('data', () => heard.add(stream));
      body.on('error', () => undefined);
      body.on('close', () => isOver || faults.push(`a stream of ${path} has ended by itself`));
    });
    return async () => {
      isOver = true;
      if (heard.size < open.length) faults.push(`${open.length - heard.size} streams told nothing`);
      await dispatcher.destroy();
      await this.#set(LET_GO);
    };
  }

  async #set(statement: string): Promise<void> {
    await withClient(this.stack.databaseUrlOf('order'), (client) => client.query(statement, [this.orderIds]));
  }
}
