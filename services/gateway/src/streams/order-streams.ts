import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOOKS_MAX, readProgress, type OrderProgress } from '@jangteo/contracts';
import { RequestClient } from '@jangteo/messaging';
import { RecurringJob } from '@jangteo/service';
import type { FastifyReply } from 'fastify';
import { isAtLeast, type LoggedIn } from '../domain/caller.js';
import { pauseAfter, type Pauses } from '../domain/pauses.js';
import { lastEventIdOf, textOf } from '../domain/server-sent.js';
import { entryFor } from '../domain/timeline.js';
import type { EventStream } from '../http/event-stream.js';
import { Gathering } from '../http/gathering.js';
import { Refused, valueOf } from '../http/refusal-error.js';
import type { Call } from '../http/request-context.js';
import { Streams } from './streams.js';

/** Between two looks at an order. */
const PAUSES: Pauses = { leastMs: 250, mostMs: 2_000 };

const ASK_DEADLINE_MS = 2_000;

interface Viewer {
  readonly stream: EventStream;
  /** As of when their right was looked at last: a role may be taken away meanwhile. */
  readonly isStaff: () => boolean;
  /** The number of the last row that was sent. */
  sent: number;
}

/** An order that somebody watches. */
interface Watched {
  progress: OrderProgress;
  readonly viewers: Set<Viewer>;
  pauseMs: number;
  lookAtMs: number;
}

const lengthOf = ({ entries }: OrderProgress): number => entries.at(-1)?.sequence ?? 0;

/** A key never sees what is its maker's own: that is not what it is for. */
const maySee = ({ userId }: OrderProgress, { keyId, userId: callerId, role }: LoggedIn): boolean =>
  (keyId === undefined && callerId === userId) || isAtLeast(role, 'viewer');

/**
 * Streams of orders. All that are watched here are read together, so that those who watch the same one cost no more than
 * one, and each less often the longer nothing happens to it.
 */
@Injectable()
export class OrderStreams implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #watched = new Map<string, Watched>();
  readonly #job = new RecurringJob('reading the orders that are watched', PAUSES.leastMs, () => this.#look());
  readonly #reads = new Gathering<{ orderId: string; after: number }, OrderProgress | undefined>(
    LOOKS_MAX,
    async (asked) => {
      const outcome = await this.requests.ask(
        readProgress,
        { asked: [...asked] },
        { deadlineMs: ASK_DEADLINE_MS },
      );
      const found = new Map<string, OrderProgress>();
      for (const order of valueOf(outcome).orders) {
        // Asked for by two at once, from two places of its history: who asked for less passes over the rest.
        if ((found.get(order.orderId)?.entries.length ?? -1) < order.entries.length)
          found.set(order.orderId, order);
      }
      return asked.map(({ orderId }) => found.get(orderId));
    },
  );

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

  /**
   * Answers a call with what an order's history has after the client's last event, and then with what comes.
   *
   * @throws Refused with ORDER_NOT_FOUND for another's order too
   */
  async open(orderId: string, call: Call, reply: FastifyReply): Promise<void> {
    const sent = valueOf(lastEventIdOf(call.header('last-event-id')));
    const progress = await this.#reads.of({ orderId, after: 0 });
    if (progress === undefined || !maySee(progress, call.caller)) {
      throw new Refused({ code: 'ORDER_NOT_FOUND' });
    }
    if (progress.hasEnded && sent >= lengthOf(progress)) {
      // Whoever is told so does not connect again.
      void reply.status(204).send();
      return;
    }
    let { role } = call.caller;
    const stream = this.streams.open('order', call, reply, (caller) => {
      ({ role } = caller);
      return maySee(progress, caller);
    });
    const watched = this.#watched.get(orderId) ?? this.#watch(progress);
    const viewer = { stream, isStaff: () => isAtLeast(role, 'viewer'), sent };
    watched.viewers.add(viewer);
    stream.once('close', () => {
      watched.viewers.delete(viewer);
      if (watched.viewers.size === 0 && this.#watched.get(orderId) === watched) this.#watched.delete(orderId);
    });
    if (lengthOf(progress) >= lengthOf(watched.progress)) watched.progress = progress;
    this.#tell(watched);
  }

  #watch(progress: OrderProgress): Watched {
    const { leastMs: pauseMs } = PAUSES;
    const watched = { progress, viewers: new Set<Viewer>(), pauseMs, lookAtMs: performance.now() + pauseMs };
    this.#watched.set(progress.orderId, watched);
    return watched;
  }

  async #look(): Promise<void> {
    const nowMs = performance.now();
    const due = [...this.#watched.values()].filter(({ lookAtMs }) => lookAtMs <= nowMs);
    await Promise.all(due.map((watched) => this.#lookAt(watched)));
  }

  async #lookAt(watched: Watched): Promise<void> {
    const { orderId } = watched.progress;
    const after = lengthOf(watched.progress);
    const read = await this.#reads.of({ orderId, after }).catch(() => undefined);
    const entries = read?.entries.filter(({ sequence }) => sequence > lengthOf(watched.progress)) ?? [];
    if (read !== undefined) {
      watched.progress = { ...read, entries: [...watched.progress.entries, ...entries] };
      this.#tell(watched);
    }
    watched.pauseMs = pauseAfter(watched.pauseMs, entries.length > 0, PAUSES);
    watched.lookAtMs = performance.now() + watched.pauseMs;
  }

  /** Sends each viewer what it does not have, and the end. */
  #tell({ progress, viewers }: Watched): void {
    const { orderId, orderStatus, entries, hasEnded } = progress;
    for (const viewer of viewers) {
      for (const { sequence, ...entry } of entries) {
        if (sequence <= viewer.sent) continue;
        const data = { orderId, ...entryFor(entry, viewer.isStaff()) };
        viewer.stream.say(textOf({ event: 'progress', id: sequence, data }));
        viewer.sent = sequence;
      }
      if (!hasEnded) continue;
      viewer.stream.say(textOf({ event: 'end', data: { orderId, orderStatus } }));
      viewer.stream.finish('over');
    }
  }
}
