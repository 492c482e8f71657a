import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOOKS_MAX, readIssueProgress, type CouponProgress } from '@jangteo/contracts';
import { RequestClient } from '@jangteo/messaging';
import { RecurringJob } from '@jangteo/service';
import type { FastifyReply } from 'fastify';
import { leastPauseMs, pauseAfter } from '../domain/pauses.js';
import { RecentTimes } from '../domain/recent-times.js';
import { textOf } from '../domain/server-sent.js';
import type { EventStream } from '../http/event-stream.js';
import { Gathering } from '../http/gathering.js';
import { Refused, valueOf } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';
import { Streams } from './streams.js';

/** No stream has more than ten events a second. */
const LEAST_MS = 100;

/** Between two looks at a coupon of which nobody gets any. */
const MOST_MS = 500;

/** What is told at least so often, changed or not: what time it is. */
const TELL_EVERY_MS = 1_000;

const ASK_DEADLINE_MS = 2_000;

interface SeenCoupon extends CouponProgress {
  readonly at: string;
}

/** A coupon that somebody watches. */
interface Watched {
  seen: SeenCoupon;
  readonly viewers: Set<EventStream>;
  readonly times: RecentTimes;
  pauseMs: number;
  lookAtMs: number;
  toldAtMs: number;
}

const isSame = ({ at: _, ...one }: SeenCoupon, { at: __, ...other }: SeenCoupon): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Streams of the issue of coupons. Each coupon is read once for all who watch it here. */
@Injectable()
export class CouponStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #watched = new Map<string, Watched>();
  readonly #job = new RecurringJob('reading the coupons that are watched', LEAST_MS, () => this.#look());
  readonly #reads = new Gathering<string, SeenCoupon | undefined>(LOOKS_MAX, async (couponIds) => {
    const outcome = await this.requests.ask(
      readIssueProgress,
      { couponIds: [...couponIds] },
      { deadlineMs: ASK_DEADLINE_MS },
    );
    const { at, coupons } = valueOf(outcome);
    const found = new Map(coupons.map((coupon) => [coupon.couponId, { ...coupon, at }]));
    return couponIds.map((couponId) => found.get(couponId));
  });

  constructor(
    private readonly streams: Streams,
    private readonly requests: RequestClient,
  ) {}

  onApplicationBootstrap(): void {
    this.#job.startLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
  }

  /** Notes how long somebody who asked for a coupon was without an answer, where that is watched. */
  noteAnswer(couponId: string, tookMs: number): void {
    this.#watched.get(couponId)?.times.note(tookMs, performance.now());
  }

  /**
   * Answers a call with how the issue of a coupon goes on.
   *
   * @throws Refused with COUPON_NOT_FOUND
   */
  async open(couponId: string, call: Call, reply: FastifyReply): Promise<void> {
    const seen = await this.#reads.of(couponId);
    if (seen === undefined) throw new Refused({ code: 'COUPON_NOT_FOUND' });
    const stream = this.streams.open('coupon', call, reply);
    const watched = this.#watched.get(couponId) ?? this.#watch(seen);
    watched.viewers.add(stream);
    stream.once('close', () => {
      watched.viewers.delete(stream);
      if (watched.viewers.size === 0 && this.#watched.get(couponId) === watched) {
        this.#watched.delete(couponId);
      }
    });
    stream.say(textOfCoupon({ ...watched, seen }));
  }

  #watch(seen: SeenCoupon): Watched {
    const nowMs = performance.now();
    const watched = {
      seen,
      viewers: new Set<EventStream>(),
      times: new RecentTimes(),
      pauseMs: LEAST_MS,
      lookAtMs: nowMs + LEAST_MS,
      toldAtMs: nowMs,
    };
    this.#watched.set(seen.couponId, watched);
    return watched;
  }

  async #look(): Promise<void> {
    const nowMs = performance.now();
    const due = [...this.#watched.values()].filter(({ lookAtMs }) => lookAtMs <= nowMs);
    await Promise.all(due.map((watched) => this.#lookAt(watched)));
  }

  async #lookAt(watched: Watched): Promise<void> {
    const { seen: before, viewers } = watched;
    const seen = await this.#reads.of(before.couponId).catch(() => undefined);
    const nowMs = performance.now();
    const hasChanged = seen !== undefined && !isSame(seen, before);
    if (seen !== undefined && (hasChanged || nowMs - watched.toldAtMs >= TELL_EVERY_MS)) {
      watched.seen = seen;
      watched.toldAtMs = nowMs;
      const text = textOfCoupon(watched);
      for (const stream of viewers) stream.say(text);
    }
    const pauses = { leastMs: leastPauseMs(LEAST_MS, viewers.size), mostMs: MOST_MS };
    watched.pauseMs = pauseAfter(watched.pauseMs, hasChanged, pauses);
    watched.lookAtMs = nowMs + watched.pauseMs;
  }
}

function textOfCoupon({ seen, times }: Pick<Watched, 'seen' | 'times'>): string {
  const latency = times.latency(performance.now());
  const remainingQuantity = seen.totalQuantity - seen.issuedQuantity;
  return textOf({
    event: 'coupon',
    data: { ...seen, remainingQuantity, ...(latency && { latency }) },
  });
}
