import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { backoffMs, id, instant, money } from '@jangteo/contracts';
import { NOT_IN_TIME, within } from '@jangteo/messaging';
import { CONFIG } from '@jangteo/service';
import { createClient } from '@redis/client';
import { z } from 'zod';
import { cacheMetrics } from './cache.metrics.js';
import type { CatalogConfig } from './catalog.config.js';
import type { CachedProduct } from './domain/cached-product.js';
import { explainRedis, redisPlaceOf, redisTls, type RedisPlace } from './redis-place.js';

/** The time for which Redis is left alone after it failed. */
const REST_MS = 1_000;
const CONNECT_DEADLINE_MS = 2_000;
/** A connection on which nothing passes is given up; pings keep a good one from looking like that. */
const SILENCE_MS_MAX = 3_000;
const PING_EVERY_MS = 1_000;
const RECONNECTS = { retryMs: 50, retryMsMax: 2_000 };

/**
 * An entry in Redis, which any release of ours, or anybody, may have written; one that lacks something is loaded anew.
 */
const cachedProduct = z.object({
  productId: id,
  version: z.int().min(1),
  name: z.string(),
  price: money,
  description: z.string().nullable(),
  imageUrl: z.string().nullable(),
  category: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  options: z.array(z.object({ optionId: id, name: z.string(), price: money, isListed: z.boolean() })).min(1),
});

type Client = ReturnType<typeof clientOf>;

/** For one connection: the next one has a client of its own, for which the files for TLS are read again. */
function clientOf(place: RedisPlace) {
  return createClient({
    url: place.url,
    RESP: 2,
    // While there is no connection a command fails at once instead of waiting for one.
    disableOfflineQueue: true,
    pingInterval: PING_EVERY_MS,
    socket: {
      connectTimeout: CONNECT_DEADLINE_MS,
      socketTimeout: SILENCE_MS_MAX,
      reconnectStrategy: false,
      ...redisTls(place),
    },
  });
}

/**
 * Names and prices in Redis, which all replicas share and which outlive them. No one depends on it: whatever fails
 * or is late counts as not there, and is not asked again for a second. Without REDIS_URL nothing ever is.
 */
@Injectable()
export class SharedProducts implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(SharedProducts.name);
  readonly #place: RedisPlace | undefined;
  readonly #prefix: string;
  readonly #ttlSeconds: number;
  readonly #deadlineMs: number;
  #client: Client | undefined;
  /** Whether this client's connection ever was. */
  #wasReady = false;
  /** In a row, to connect. */
  #failures = 0;
  #restsUntilMs = 0;
  /** Why it is away, as was said last; undefined while it is not. */
  #reason: string | undefined;
  #isStopping = false;

  constructor(@Inject(CONFIG) config: CatalogConfig) {
    const { REDIS_DEADLINE_MS, MESSAGING_NAMESPACE, CACHE_TTL_SECONDS } = config;
    this.#prefix = `${MESSAGING_NAMESPACE}:catalog:price-tag:`;
    this.#ttlSeconds = CACHE_TTL_SECONDS;
    this.#deadlineMs = REDIS_DEADLINE_MS;
    this.#place = redisPlaceOf(config);
  }

  /** Begins to connect, and keeps at it; nothing waits for it. */
  onModuleInit(): void {
    this.#connect();
  }

  onApplicationShutdown(): void {
    this.#isStopping = true;
    this.#client?.destroy();
  }

  /** What is there of these products, whether or not they are current. Never throws. */
  async read(productIds: readonly string[]): Promise<CachedProduct[]> {
    if (productIds.length === 0) return [];
    const texts = await this.#use((client) => client.mGet(productIds.map((one) => this.#keyOf(one))));
    return (texts ?? []).flatMap((text) => (text === null ? [] : readCached(text)));
  }

  /** Never throws. */
  async write(products: readonly CachedProduct[]): Promise<void> {
    if (products.length === 0) return;
    await this.#use((client) => {
      const writes = client.multi();
      for (const product of products) {
        writes.set(this.#keyOf(product.productId), JSON.stringify(product), {
          expiration: { type: 'EX', value: this.#ttlSeconds },
        });
      }
      return writes.execAsPipeline();
    });
  }

  #connect(): void {
    if (this.#place === undefined || this.#isStopping) return;
    this.#client = undefined;
    this.#wasReady = false;
    try {
      const client = clientOf(this.#place);
      this.#client = client;
      client.on('ready', () => {
        this.#failures = 0;
        this.#wasReady = true;
      });
      client.on('terminated', () => this.#later(() => this.#giveUp(client)));
      client.on('error', (error: unknown) => this.#failed(error, client));
      // Told as an error too.
      client.connect().catch(() => undefined);
    } catch (error) {
      this.#failed(error, this.#client);
      this.#later(() => this.#connect());
    }
  }

  #later(work: () => void): void {
    setTimeout(work, backoffMs(RECONNECTS, this.#failures)).unref();
    this.#failures += 1;
  }

  #keyOf(productId: string): string {
    return `${this.#prefix}${productId}`;
  }

  async #use<T>(work: (client: Client) => Promise<T>): Promise<T | undefined> {
    const client = this.#client;
    if (client === undefined || !client.isReady || performance.now() < this.#restsUntilMs) return undefined;
    try {
      const result = await within(work(client), this.#deadlineMs);
      if (result === NOT_IN_TIME) {
        this.#failed(new Error(`no answer within ${this.#deadlineMs} ms`), client);
        this.#giveUp(client);
        return undefined;
      }
      if (this.#reason !== undefined) this.#logger.log('Redis answers again');
      this.#reason = undefined;
      return result;
    } catch (error) {
      this.#failed(error, client);
      return undefined;
    }
  }

  /** Ends the connection: what has been sent on it cannot be taken back, and all that follows would wait behind it. */
  #giveUp(client: Client): void {
    if (client !== this.#client) return;
    client.destroy();
    this.#connect();
  }

  #failed(error: unknown, client: Client | undefined): void {
    if (this.#isStopping || this.#place === undefined) return;
    cacheMetrics.sharedFailures.inc();
    this.#restsUntilMs = performance.now() + REST_MS;
    // What follows from our giving a connection up says nothing of Redis.
    if (client !== this.#client) return;
    const reason = explainRedis(error, this.#place, this.#wasReady);
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#logger.warn(`Redis does not answer, going on without it: ${reason}`);
  }
}

function readCached(text: string): CachedProduct[] {
  try {
    const parsed = cachedProduct.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
