import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  readLoads,
  readOrderFlow,
  SERVICES,
  type PayloadOf,
  type RequestContract,
  type ServiceName,
  type ValueOf,
} from '@jangteo/contracts';
import { Database } from '@jangteo/database';
import { RequestClient, UpstreamFailure } from '@jangteo/messaging';
import { CONFIG, RecurringJob } from '@jangteo/service';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { isOutdated, type Spacing } from '../domain/audit-report.js';
import { isAtLeast } from '../domain/caller.js';
import { textOf } from '../domain/server-sent.js';
import type { GatewayConfig } from '../gateway.config.js';
import { awayReasonOf } from '../http/away.js';
import type { EventStream } from '../http/event-stream.js';
import { valueOf } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';
import { readAudit } from '../operations/audit.queries.js';
import type { serviceNow, shopNow } from './stream-events.js';
import { Streams } from './streams.js';

const LOOK_EVERY_MS = 1_000;

/** Who takes longer is said not to answer: the others are told meanwhile. */
const ASK_DEADLINE_MS = 900;

/** How long a service is left alone that cannot answer, as one of the release before: each question is parked there. */
const FAILED_PAUSE_MS = 30_000;

type ServiceNow = z.infer<typeof serviceNow>;
type ShopNow = z.infer<typeof shopNow>;

/** Streams of the whole shop: it is looked at once a second for all who watch, and not at all while nobody does. */
@Injectable()
export class ShopStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #viewers = new Set<EventStream>();
  readonly #job = new RecurringJob('looking at the shop for those who watch', LOOK_EVERY_MS, () =>
    this.#look(),
  );
  readonly #spacing: Spacing;
  /** By the type of what was asked: until when it is not asked again. */
  readonly #failedUntilMs = new Map<string, number>();

  constructor(
    private readonly streams: Streams,
    private readonly requests: RequestClient,
    private readonly database: Database,
    @Inject(CONFIG) config: Pick<GatewayConfig, 'AUDIT_INTERVAL_SECONDS' | 'AUDIT_PAUSE_MS'>,
  ) {
    this.#spacing = { intervalMs: config.AUDIT_INTERVAL_SECONDS * 1_000, pauseMs: config.AUDIT_PAUSE_MS };
  }

  onApplicationBootstrap(): void {
    this.#job.startLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#job.stop();
  }

  /** Answers a call with how the shop is, once a second. */
  open(call: Call, reply: FastifyReply): void {
    const stream = this.streams.open('shop', call, reply, ({ role }) => isAtLeast(role, 'viewer'));
    this.#viewers.add(stream);
    stream.once('close', () => this.#viewers.delete(stream));
  }

  async #look(): Promise<void> {
    if (this.#viewers.size === 0) return;
    const text = textOf({ event: 'shop', data: await this.#shop() });
    for (const stream of this.#viewers) stream.say(text);
  }

  async #shop(): Promise<ShopNow> {
    const [services, flow, books] = await Promise.all([
      Promise.all(SERVICES.map((service) => this.#serviceNow(service))),
      this.#ask(readOrderFlow, {}).catch(() => undefined),
      this.#books().catch(() => undefined),
    ]);
    const { at: _, since, outcomes, p50Ms, p95Ms, ...sagas } = flow ?? {};
    return {
      at: new Date().toISOString(),
      services: [...services, { service: 'gateway', isAnswering: true }],
      ...(flow && { orders: { since, outcomes, p50Ms, p95Ms }, sagas }),
      deadLetters: services.reduce((sum, { deadLetters = 0 }) => sum + deadLetters, 0),
      ...(books && { books }),
    } as ShopNow;
  }

  async #serviceNow(service: ServiceName): Promise<ServiceNow> {
    const beganMs = performance.now();
    try {
      const { queues, deadLetters } = await this.#ask(readLoads[service], {});
      const answeredInMs = Math.round(performance.now() - beganMs);
      const replicas = queues.find(({ queue }) => queue.endsWith('.requests'))?.consumers;
      const known = queues.length > 0 ? { replicas, queues } : {};
      return { service, isAnswering: true, answeredInMs, ...known, deadLetters };
    } catch (error) {
      return { service, isAnswering: false, reason: awayReasonOf(error) };
    }
  }

  async #books(): Promise<ShopNow['books']> {
    const report = await readAudit(this.database);
    if (report === undefined) return undefined;
    const { isSound, checkedAt, checks, unanswered } = report;
    return {
      isSound,
      checkedAt,
      isOutdated: isOutdated(report, this.#spacing, Date.now()),
      findings: checks.reduce((sum, { findings }) => sum + findings, 0),
      unanswered: unanswered.map(({ service }) => service),
    };
  }

  /** @throws UpstreamFailure also for some time after one */
  async #ask<C extends RequestContract>(contract: C, payload: PayloadOf<C>): Promise<ValueOf<C>> {
    const { type } = contract;
    if ((this.#failedUntilMs.get(type) ?? 0) > performance.now()) {
      throw new UpstreamFailure(`${type}: failed a moment ago`);
    }
    try {
      return valueOf(
        await this.requests.ask(contract, payload, { deadlineMs: ASK_DEADLINE_MS }),
      ) as ValueOf<C>;
    } catch (error) {
      if (error instanceof UpstreamFailure)
        this.#failedUntilMs.set(type, performance.now() + FAILED_PAUSE_MS);
      throw error;
    }
  }
}
