import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlatformRecord } from '../domain/data-platform.js';
import { KafkaSink } from './kafka-sink.js';

/** Where the client tells that it begins to send. */
const BEGINS = 'tracing:plt:kafka:producer:sends:start';
const NOBODY = '127.0.0.1:1';
const record = { sequence: 1, orderId: 'an order' } as PlatformRecord;

let sends = 0;
const note = (): void => void (sends += 1);
beforeEach(() => {
  sends = 0;
  subscribe(BEGINS, note);
});
afterEach(() => void unsubscribe(BEGINS, note));

describe('the sink over Kafka', () => {
  it('begins nothing once it was given up: nobody would listen to how that fails', async () => {
    const sink = new KafkaSink([NOBODY], 'orders');
    const stopped = new Error('the service stops');
    await expect(sink.send([record], AbortSignal.abort(stopped))).rejects.toMatchObject({ cause: stopped });
    expect(sends).toBe(0);
    await sink.close();
  });

  it('gives up what has begun at once', async () => {
    const sink = new KafkaSink([NOBODY], 'orders');
    const stopping = new AbortController();
    const stopped = new Error('the service stops');
    const giveUp = (): void => queueMicrotask(() => stopping.abort(stopped));
    subscribe(BEGINS, giveUp);
    await expect(sink.send([record], stopping.signal)).rejects.toMatchObject({ cause: stopped });
    unsubscribe(BEGINS, giveUp);
    expect(sends).toBe(1);
    await sink.close();
  });
});
