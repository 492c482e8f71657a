import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HOUR_MS } from '@jangteo/contracts';
import type { Database } from '@jangteo/database';
import { NOT_THE_CLOCK } from '@jangteo/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { randomSecret } from '../accounts/refresh-token.js';
import { DatabaseClock } from '../http/database-clock.js';
import { NetworkList } from '../http/network-list.js';
import { secretText } from './signature.js';
import { WebhookSender } from './webhook-sender.js';

const ALL_ALLOWED = {
  WEBHOOK_ALLOW_PLAINTEXT: true,
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES: true,
  WEBHOOK_DENIED_NETWORKS: new NetworkList(),
};
const MESSAGE = { messageId: 'order-completed-1', type: 'order.completed', body: '{"name":"찻잔"}' };
/** Of what is answered at once; of what is never answered the short one is a part of the test. */
const [PATIENT_MS, SHORT_MS] = [60_000, 300];

describe('what is sent to a webhook', () => {
  const secret = randomSecret();
  let server: Server;
  let port: number;
  let sender: WebhookSender;
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  /** As it was set by its last look; there is no other. */
  const clock = new DatabaseClock({} as Database);
  let received: {
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly socket: Socket;
  }[];

  beforeAll(async () => {
    sender = new WebhookSender(ALL_ALLOWED, clock);
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        received.push({ headers, body: Buffer.concat(parts).toString(), socket: request.socket });
        answer(response, request);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  beforeEach(() => {
    received = [];
    answer = (response) => response.writeHead(204).end();
  });

  afterAll(() => {
    sender.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  const sentTo = (
    url: string,
    { by = sender, timeoutMs = PATIENT_MS, previousSecret = null as Buffer | null } = {},
  ) => by.send({ url, secret, previousSecret }, MESSAGE, { timeoutMs });

  const sent = (timeoutMs = PATIENT_MS) => sentTo(`http://127.0.0.1:${port}/hook?a=b`, { timeoutMs });

  it('is signed, and delivered by any 2xx', async () => {
    expect(await sent()).toEqual({ tookMs: expect.any(Number), status: 204 });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(body).toBe(MESSAGE.body);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': MESSAGE.messageId });
    expect(new Webhook(secretText(secret)).verify(body, headers)).toEqual({ name: '찻잔' });
  });

  it('is signed as of the time of the database, by which receivers take it, whatever time it is here', async () => {
    jest.useFakeTimers({ now: Date.now() - HOUR_MS, doNotFake: [...NOT_THE_CLOCK] });
    try {
      await sent();
    } finally {
      jest.useRealTimers();
    }
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(new Webhook(secretText(secret)).verify(body, headers)).toEqual({ name: '찻잔' });
  });

  it('is signed with the secret before as well, where that is good', async () => {
    const previousSecret = randomSecret();
    await sentTo(`http://127.0.0.1:${port}/`, { previousSecret });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    for (const one of [secret, previousSecret]) {
      expect(new Webhook(secretText(one)).verify(body, headers)).toEqual({ name: '찻잔' });
    }
  });

  it('goes over one connection, and over another one where that was closed meanwhile', async () => {
    for (let time = 0; time < 3; time += 1) expect(await sent()).toMatchObject({ status: 204 });
    expect(new Set(received.map(({ socket }) => socket)).size).toBe(1);
    let isFirst = true;
    answer = (response, { socket }) => {
      if (isFirst) socket.destroy();
      else response.writeHead(200).end();
      isFirst = false;
    };
    expect(await sent()).toMatchObject({ status: 200 });
    expect(received).toHaveLength(5);
  });

  it.each([
    [500, 'HTTP 500'],
    [410, 'HTTP 410'],
    [400, 'HTTP 400'],
  ])('fails by an answer of %i', async (status, error) => {
    answer = (response) => response.writeHead(status).end('no');
    expect(await sent()).toMatchObject({ status, error });
  });

  it.each([301, 302, 307, 308])('follows no redirect (%i)', async (status) => {
    answer = (response) => response.writeHead(status, { location: `http://127.0.0.1:${port}/other` }).end();
    expect(await sent()).toMatchObject({ status, error: `HTTP ${status}: redirects are not followed` });
    expect(received).toHaveLength(1);
  });

  it('fails where nobody answers in time, or answers with less than a head', async () => {
    answer = () => undefined;
    expect(await sent(SHORT_MS)).toEqual({
      tookMs: expect.any(Number),
      error: 'there was no answer in time',
    });
    answer = (_response, { socket }) => void socket.write('HTTP/1.1 200 OK\r\nx-more: ');
    expect(await sent(SHORT_MS)).toMatchObject({ error: 'there was no answer in time' });
  });

  it('fails where the connection is reset, refused, or turned into something else', async () => {
    answer = (_response, { socket }) => socket.resetAndDestroy();
    expect(await sent()).toMatchObject({ error: 'the connection was reset' });
    answer = (_response, { socket }) =>
      void socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    expect(await sent()).toMatchObject({ error: expect.stringMatching(/connection was (closed|reset)/) });
    answer = (_response, { socket }) => void socket.end('no HTTP at all');
    expect(await sent()).toMatchObject({ error: expect.stringContaining('the connection failed') });
    expect(await sentTo('http://127.0.0.1:1/')).toMatchObject({ error: 'the connection was refused' });
  });

  it('is delivered however long the answer’s body is, of which little is read', async () => {
    let written = 0;
    answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
      };
      response.on('drain', more);
      more();
    };
    expect(await sent()).toMatchObject({ status: 200 });
    expect(written).toBeLessThan(64 * 1_048_576);
  });

  it('is given up where the process ends', async () => {
    const stopping = new AbortController();
    answer = () => stopping.abort();
    const to = { url: `http://127.0.0.1:${port}/`, secret, previousSecret: null };
    const attempt = await sender.send(to, MESSAGE, { timeoutMs: PATIENT_MS, signal: stopping.signal });
    expect(attempt.error).toBeDefined();
  });

  describe('where our own network is closed', () => {
    const guarded = new WebhookSender({ ...ALL_ALLOWED, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: false }, clock);

    afterAll(() => guarded.onApplicationShutdown());

    it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])(
      'goes to nobody at %s',
      async (host) => {
        const attempt = await sentTo(`http://${host}:${port}/`, { by: guarded });
        expect(attempt).toMatchObject({ error: expect.stringContaining('our own network') });
        expect(received).toEqual([]);
      },
    );
  });

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost'])(
    'goes to nobody at %s where that network is denied by name, though our own is open',
    async (host) => {
      const denied = new NetworkList('192.0.2.0/24, 127.0.0.0/8, ::1');
      const guarded = new WebhookSender({ ...ALL_ALLOWED, WEBHOOK_DENIED_NETWORKS: denied }, clock);
      const attempt = await sentTo(`http://${host}:${port}/`, { by: guarded });
      guarded.onApplicationShutdown();
      expect(attempt).toMatchObject({ error: expect.stringContaining('our own network') });
      expect(received).toEqual([]);
    },
  );

  it('goes by https alone, where that is asked for', async () => {
    const strict = new WebhookSender({ ...ALL_ALLOWED, WEBHOOK_ALLOW_PLAINTEXT: false }, clock);
    expect(await sentTo(`http://127.0.0.1:${port}/`, { by: strict })).toMatchObject({
      error: 'the address must be an address that begins with https://',
    });
    expect(received).toEqual([]);
  });
});
