import { join } from 'node:path';
import { SHOP_SERVICES, startShop, type AnyService, type Shop } from '@jangteo/testkit';
import type { World } from '../traffic/scene.js';
import { platformProblems } from '../validate/platform.js';
import type { Place } from './place.js';

const BALANCE = 1_000_000_000;

/** For orders that are to be given up; long enough for the steps before the silent one. */
export const SHORT_DEADLINE = { ORDER_DEADLINE_MS: '2000' };

/** Intervals that let undone work be found soon, and a deadline for orders that outlasts the return of a process. */
function settingsFor(platformFile: string) {
  return {
    order: {
      ORDER_DEADLINE_MS: '60000',
      SAGA_RETRY_MS: '500',
      SAGA_RETRY_MS_MAX: '1000',
      SWEEP_INTERVAL_MS: '100',
      DATA_PLATFORM_URL: `file:${platformFile}`,
      DATA_PLATFORM_INTERVAL_MS: '100',
      DATA_PLATFORM_TIMEOUT_MS: '100',
    },
    wallet: {
      PAYMENT_DEADLINE_MS: '500',
      PAYMENT_RETRY_MS: '200',
      PAYMENT_RETRY_MS_MAX: '1000',
      SWEEP_INTERVAL_MS: '100',
    },
    ranking: { RANKING_REFRESH_SECONDS: '1' },
    // Who looks beforehand has little to undo. What is refused by terms is to all services as what is short of stock.
    gateway: { ORDER_LOOK_MS: '0' },
  };
}

/** A shop whose processes die and come back. */
export class MatrixShop implements Place {
  /** Variables of the order service beyond its settings now, kept through restarts. */
  #deadline: Readonly<Record<string, string>> = {};

  private constructor(
    readonly shop: Shop,
    readonly world: World,
    readonly platformFile: string,
  ) {}

  /**
   * @param folder for what the data platform receives
   * @param redisUrl for the catalog's cache; it does without where there is none
   */
  static async start(folder: string, redisUrl?: string): Promise<MatrixShop> {
    const platformFile = join(folder, 'data-platform.ndjson');
    const { order, wallet, ranking, gateway } = settingsFor(platformFile);
    const catalog: Record<string, string> = redisUrl ? { REDIS_URL: redisUrl } : {};
    const shop = await startShop({
      failpoints: true,
      env: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
      services: { order, wallet, ranking, catalog, gateway },
    });
    try {
      const customer = await shop.client.register(BALANCE);
      const world = { shop, customer, admin: await shop.client.admin() };
      return new MatrixShop(shop, world, platformFile);
    } catch (error) {
      await shop.stop();
      throw error;
    }
  }

  /** Starts a service that has died, as it was. The gateway may have to do without a silent one. */
  readonly restart = async (service: AnyService): Promise<void> => {
    if (service === 'gateway') await this.shop.launch(service);
    else await this.shop.start(service, service === 'order' ? this.#deadline : {});
  };

  /** Has the order service give orders up after another time. */
  async giveDeadline(deadline: Readonly<Record<string, string>>): Promise<void> {
    if (deadline === this.#deadline) return;
    if (Object.keys(deadline).length === 0 && Object.keys(this.#deadline).length === 0) return;
    this.#deadline = deadline;
    await this.shop.terminate('order');
    await this.restart('order');
  }

  /** @throws Error saying what the data platform has that it should not, or the other way round */
  async assertPlatform(): Promise<void> {
    const { problems } = await platformProblems(this.shop, this.platformFile);
    if (problems.length > 0) throw new Error(`the data platform has something else: ${problems.join('; ')}`);
  }

  async logs(): Promise<Record<string, string>> {
    const logs = SHOP_SERVICES.map(async (service) => [`${service}.log`, await this.shop.logs(service)]);
    return Object.fromEntries(await Promise.all(logs)) as Record<string, string>;
  }

  async stop(): Promise<void> {
    // Some may be stopped in the middle of something: they would not end in order.
    for (const service of SHOP_SERVICES) await this.shop.kill(service);
    await this.shop.stop();
  }
}
