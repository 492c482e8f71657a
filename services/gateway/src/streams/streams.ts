import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, RecurringJob } from '@jangteo/service';
import type { FastifyReply } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import type { LoggedIn } from '../domain/caller.js';
import { sharesOf } from '../domain/network.js';
import type { GatewayConfig } from '../gateway.config.js';
import { Callers } from '../http/callers.js';
import { EventStream } from '../http/event-stream.js';
import { Refused } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';

export type StreamKind = 'order' | 'coupon' | 'shop';

const open = new Gauge({
  name: 'gateway_streams_open',
  help: 'Streams that clients watch',
  labelNames: ['kind'] as const,
});

const ended = new Counter({
  name: 'gateway_streams_ended_total',
  help: 'Streams that have ended: by the client, since nothing comes any more, or dropped',
  labelNames: ['kind', 'reason'] as const,
});

/** How often each stream is looked at: whether who opened it may still watch, how old it is, whether it is silent. */
const LOOK_EVERY_MS = 1_000;

/** When to try again where there are too many of them. */
const RETRY_AFTER_SECONDS = 10;

/** Of all streams as many may be of clients that need no login, so that these never take the place of all others. */
const ANONYMOUS_SHARE = 0.75;
const ANONYMOUS = 'anonymous';

type Limits = Pick<
  GatewayConfig,
  | 'STREAM_HEARTBEAT_SECONDS'
  | 'STREAM_SECONDS_MAX'
  | 'STREAM_UNSENT_BYTES_MAX'
  | 'STREAMS_MAX'
  | 'STREAMS_PER_ADDRESS_MAX'
  | 'STREAMS_PER_USER_MAX'
>;

/** Tells whether somebody may watch; asked of who opened a stream for as long as it goes on. */
type Right = (caller: LoggedIn) => boolean;

interface OpenStream {
  readonly stream: EventStream;
  readonly openedAtMs: number;
  /** Whom it is of; absent where nobody had to log in. */
  readonly access?: { readonly authorization: string | undefined; readonly right: Right };
}

/** The streams of this process: how many there may be, for how long, and whether those who opened them still may watch. */
@Injectable()
export class Streams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #open = new Set<OpenStream>();
  /** Those of one user or network, and of all who need no login. */
  readonly #counts = new Map<string, number>();
  readonly #job = new RecurringJob('looking at streams', LOOK_EVERY_MS, () => this.#look());
  #isStopping = false;

  constructor(
    private readonly callers: Callers,
    @Inject(CONFIG) private readonly limits: Limits,
  ) {}

  onApplicationBootstrap(): void {
    this.#job.startLater();
  }

  /** Before the connections drain, which would wait for them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    for (const { stream } of this.#open) stream.finish('stopping');
    await this.#job.stop();
  }

  /**
   * Opens a stream as the answer to a call.
   *
   * @param right tells whether somebody may watch; left out where anyone may
   * @throws Refused with RATE_LIMITED where the user or a network of the client has too many, SERVICE_UNAVAILABLE where all have
   */
  open(kind: StreamKind, call: Call, reply: FastifyReply, right?: Right): EventStream {
    const holders = this.#holdersOf(call, right !== undefined);
    const stream = new EventStream(reply, this.limits.STREAM_UNSENT_BYTES_MAX);
    const access = right && { authorization: call.header('authorization'), right };
    const one = { stream, openedAtMs: performance.now(), ...(access && { access }) };
    this.#open.add(one);
    for (const holder of holders) this.#count(holder, 1);
    open.inc({ kind });
    stream.once('close', () => {
      this.#open.delete(one);
      for (const holder of holders) this.#count(holder, -1);
      open.dec({ kind });
      ended.inc({ kind, reason: stream.ended });
    });
    stream.open();
    return stream;
  }

  /** Those under whom it is counted, where each of them may have one more. */
  #holdersOf(call: Call, isOfUser: boolean): string[] {
    const { STREAMS_MAX, STREAMS_PER_ADDRESS_MAX, STREAMS_PER_USER_MAX } = this.limits;
    if (this.#isStopping) {
      throw new Refused({ code: 'SERVICE_UNAVAILABLE', detail: 'this gateway is stopping' });
    }
    const anonymousMax = Math.max(1, Math.floor(STREAMS_MAX * ANONYMOUS_SHARE));
    const isFull = this.#open.size >= STREAMS_MAX;
    if (isFull || (!isOfUser && this.#countOf(ANONYMOUS) >= anonymousMax)) {
      throw new Refused(
        { code: 'SERVICE_UNAVAILABLE', detail: 'as many streams are open as there can be' },
        RETRY_AFTER_SECONDS,
      );
    }
    const shares = sharesOf(call.networks);
    if (shares.some(([network, share]) => this.#countOf(network) >= STREAMS_PER_ADDRESS_MAX * share)) {
      throw new Refused(
        { code: 'RATE_LIMITED', detail: 'too many streams of one address are open' },
        RETRY_AFTER_SECONDS,
      );
    }
    const networks = shares.map(([network]) => network);
    if (!isOfUser) return [ANONYMOUS, ...networks];
    const user = `user ${call.caller.userId}`;
    if (this.#countOf(user) >= STREAMS_PER_USER_MAX) {
      throw new Refused(
        { code: 'RATE_LIMITED', detail: 'too many streams of one user are open' },
        RETRY_AFTER_SECONDS,
      );
    }
    return [user, ...networks];
  }

  #countOf(holder: string): number {
    return this.#counts.get(holder) ?? 0;
  }

  #count(holder: string, more: 1 | -1): void {
    const count = this.#countOf(holder) + more;
    if (count > 0) this.#counts.set(holder, count);
    else this.#counts.delete(holder);
  }

  /** Those of all are looked up together: what is asked while something is under way goes with the next. */
  async #look(): Promise<void> {
    const { STREAM_HEARTBEAT_SECONDS, STREAM_SECONDS_MAX } = this.limits;
    const nowMs = performance.now();
    await Promise.all(
      [...this.#open].map(async ({ stream, openedAtMs, access }) => {
        if (nowMs - openedAtMs >= STREAM_SECONDS_MAX * 1_000) stream.finish('age');
        else if (access !== undefined && !(await this.#mayWatch(access))) stream.finish('access');
        else stream.beat(STREAM_HEARTBEAT_SECONDS * 1_000);
      }),
    );
  }

  async #mayWatch({ authorization, right }: NonNullable<OpenStream['access']>): Promise<boolean> {
    try {
      const caller = await this.callers.of(authorization);
      return caller !== undefined && right(caller);
    } catch (error) {
      // While the database is away nothing ends there that was not over before.
      return !(error instanceof Refused);
    }
  }
}
