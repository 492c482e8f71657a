import { createHmac, randomUUIDv7 } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HOUR_MS } from '@jangteo/contracts';
import { NOT_THE_CLOCK } from '@jangteo/testkit';
import { Logger } from '@nestjs/common';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { PlatformRecord } from '../src/domain/data-platform.js';
import { HttpSink } from '../src/data-platform/http-sink.js';
import { Desk } from './desk.js';
import {
  ageFailure,
  cancelAll,
  emptyPlatform,
  forgetLeader,
  oneTo,
  relayOf,
  relayRow,
  sell,
} from './platform-desk.js';

const SECRET = 'a secret of the shop';
const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

const answering =
  (status: number, headers = {}): Answering =>
  (_request, response) =>
    response.writeHead(status, headers).end('an answer');
const resetting: Answering = (request) => void request.socket.resetAndDestroy();
const silent: Answering = () => undefined;

let desk: Desk;
let server: Server;
let url: URL;
let received: { body: string; headers: IncomingMessage['headers'] }[];
let answer: Answering;

beforeAll(async () => {
  desk = await Desk.open();
  Logger.overrideLogger(false);
});
afterAll(() => desk.close());

beforeEach(async () => {
  await emptyPlatform(desk);
  received = [];
  answer = answering(204);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/orders?token=hidden`);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const relayTo = (timeoutMs = 10_000) =>
  relayOf(desk, new HttpSink(url, SECRET), { DATA_PLATFORM_TIMEOUT_MS: String(timeoutMs) });
const recordsIn = (body: string | undefined) => JSON.parse(body ?? '') as PlatformRecord[];
const sequencesIn = (body: string | undefined) => recordsIn(body).map(({ sequence }) => sequence);

/** As docs/data-platform.md tells receivers to check it. */
function isSigned({ body, headers }: (typeof received)[number], secret: string): boolean {
  const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-jangteo-signature'])) ?? [];
  const isFresh = Math.abs(Date.now() / 1_000 - Number(seconds)) < 300;
  return isFresh && createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex') === mac;
}

describe('over HTTP', () => {
  it('records are posted as a JSON array that is signed', async () => {
    await sell(desk, randomUUIDv7(), 3);
    await relayTo().relay();
    expect(received).toHaveLength(1);
    const [post] = received;
    expect(post?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(sequencesIn(post?.body)).toEqual([1, 2, 3]);
    expect(isSigned(post!, SECRET)).toBe(true);
    expect(isSigned(post!, 'another secret of a shop')).toBe(false);
    expect(isSigned({ ...post!, body: post!.body.replace('10000', '10001') }, SECRET)).toBe(false);
    expect(await relayRow(desk)).toMatchObject({ sent: 3, failures: 0 });
  });

  it('records are signed as of the time of the database, whatever time it is here', async () => {
    await sell(desk, randomUUIDv7(), 1);
    jest.useFakeTimers({ now: Date.now() + HOUR_MS, doNotFake: [...NOT_THE_CLOCK] });
    try {
      await relayTo().relay();
    } finally {
      jest.useRealTimers();
    }
    expect(isSigned(received[0]!, SECRET)).toBe(true);
  });

  it('records of both types are as the schema says, and have the fields that the document shows', async () => {
    const document = await readFile(join(DOCS, 'data-platform.md'), 'utf8');
    const schema = JSON.parse(await readFile(join(DOCS, 'record.schema.json'), 'utf8')) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const [, shown = ''] = /```json\n([^]*?)```/.exec(document) ?? [];
    const { userCouponId, ...its } = JSON.parse(shown) as PlatformRecord;
    await cancelAll(desk, await sell(desk, randomUUIDv7(), 1));
    await relayTo().relay();
    const [success, cancellation] = recordsIn(received[0]?.body);
    expect([success?.type, cancellation?.type]).toEqual(['order.completed', 'order.cancelled']);
    for (const record of [success, cancellation, { ...its, userCouponId }]) {
      const isValid = validate(record);
      expect({ isValid, errors: validate.errors }).toEqual({ isValid: true, errors: null });
      expect(validate({ ...record, totalPrice: String(record?.totalPrice) })).toBe(false);
    }
    expect(userCouponId).toMatch(/./);
    expect(Object.keys(success!)).toEqual(Object.keys(its));
    expect(Object.keys(success!.items[0]!).toSorted()).toEqual(Object.keys(its.items[0]!).toSorted());
  });

  it.each<[string, Answering, reason: RegExp]>([
    ['an error of the receiver', answering(503), /^HTTP 503$/],
    ['a refusal of the receiver', answering(401), /^HTTP 401$/],
    ['a redirect, which is not followed', answering(307, { location: '/elsewhere' }), /^HTTP 307$/],
    ['an answer that does not come', silent, /timeout/],
    ['a connection that is reset', resetting, /fetch failed: /],
  ])('%s is a failure, and everything is sent again', async (_case, failing, reason) => {
    await sell(desk, randomUUIDv7(), 2);
    answer = failing;
    await relayTo(failing === silent ? 1_000 : undefined).relay();
    expect(await relayRow(desk)).toMatchObject({ sent: 0, failures: 1 });
    const { lastFailure } = await relayRow(desk);
    expect(lastFailure).toMatch(reason);
    expect(lastFailure).not.toContain('hidden');
    expect(received).toHaveLength(1);
    answer = answering(200);
    await ageFailure(desk, 60_000);
    await forgetLeader(desk);
    await relayTo().relay();
    expect(received.slice(1).flatMap(({ body }) => recordsIn(body))).toEqual(recordsIn(received[0]?.body));
    expect(await relayRow(desk)).toMatchObject({ sent: 2, failures: 0 });
  });

  it('a receiver that does not run is a failure, and gets everything once it does', async () => {
    await sell(desk, randomUUIDv7(), 2);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await relayTo().relay();
    expect((await relayRow(desk)).lastFailure).toContain('ECONNREFUSED');
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await ageFailure(desk, 60_000);
    await forgetLeader(desk);
    await relayTo().relay();
    expect(received.flatMap(({ body }) => sequencesIn(body))).toEqual([1, 2]);
  });

  it('a receiver that is slow but in time gets each record once', async () => {
    await sell(desk, randomUUIDv7(), 2);
    answer = (_request, response) => void setTimeout(() => response.end(), 100);
    await relayTo().relay();
    expect(received.flatMap(({ body }) => sequencesIn(body))).toEqual([1, 2]);
  });

  it('a receiver that can only take little at a time gets on all the same', async () => {
    await sell(desk, randomUUIDv7(), 20);
    answer = (request, response) => {
      const records = recordsIn(received.at(-1)?.body).length;
      answering(records > 3 ? 413 : 200)(request, response);
    };
    const relay = relayTo();
    for (let round = 0; round < 200 && (await relayRow(desk)).sent < 20; round += 1) {
      await relay.relay();
      await ageFailure(desk, 60_000);
    }
    const taken = received.filter(({ body }) => recordsIn(body).length <= 3);
    expect(taken.flatMap(({ body }) => sequencesIn(body))).toEqual(oneTo(20));
  });
});
