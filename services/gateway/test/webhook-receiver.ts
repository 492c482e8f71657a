import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import type { OrderRecord } from '@jangteo/contracts';
import { eventually, type Shop } from '@jangteo/testkit';

/** A request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly messageId: string;
  readonly body: string;
  readonly event: { readonly type: string; readonly timestamp: string; readonly data: OrderRecord };
  /** Whether it was answered with 2xx before its sender gave up. */
  isConfirmed: boolean;
}

export type Answer = (response: ServerResponse, received: Received) => void | Promise<void>;

const confirm: Answer = (response) => void response.writeHead(204).end();

/** A receiver of webhooks that answers as a test says. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** The most requests to a path that were under way at a time. */
  readonly atOnce = new Map<string, number>();
  readonly #underWay = new Map<string, number>();
  readonly #server = createServer();
  #answer: Answer = confirm;

  static async open(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    const server = receiver.#server;
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        void receiver.#take(request.url ?? '', request.headers, Buffer.concat(parts).toString(), response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  /** Says how requests are answered from now on; with 204 where nothing is said. */
  answer(answer: Answer = confirm): void {
    this.#answer = answer;
  }

  url(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(
    path: string,
    headers: IncomingHttpHeaders,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const now = (this.#underWay.get(path) ?? 0) + 1;
    this.#underWay.set(path, now);
    this.atOnce.set(path, Math.max(this.atOnce.get(path) ?? 0, now));
    const event = JSON.parse(body) as Received['event'];
    const messageId = String(headers['webhook-id']);
    const received: Received = { path, headers, messageId, body, event, isConfirmed: false };
    this.received.push(received);
    response.once('finish', () => (received.isConfirmed = response.statusCode < 300));
    response.once('close', () => this.#underWay.set(path, this.#underWay.get(path)! - 1));
    await this.#answer(response, received);
  }
}

/** The last number of a record, once all that has happened has one. */
export async function newestRecord(shop: Shop): Promise<number> {
  return await eventually(
    async () => {
      const [relay] = await shop.sql<{ seq: number; isOpen: boolean }>(
        'order',
        `SELECT numbered_seq AS seq, EXISTS (SELECT FROM platform_entries) AS "isOpen" FROM platform_relay`,
      );
      expect(relay?.isOpen).toBe(false);
      return relay!.seq;
    },
    { deadlineMs: 60_000, everyMs: 100 },
  );
}

export const numbersOf = (received: readonly Received[]): number[] =>
  received.map(({ event }) => event.data.sequence);

export const rangeFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** Nothing lost, nothing before its turn, and the same of a repeat as of the first. */
export function expectInOrder(received: readonly Received[], first: number, count: number): void {
  const numbers = numbersOf(received);
  expect([...new Set(numbers)]).toEqual(rangeFrom(first, count));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  for (const same of Map.groupBy(received, ({ event }) => event.data.sequence).values()) {
    expect(new Set(same.map(({ body }) => body)).size).toBe(1);
    expect(new Set(same.map(({ messageId }) => messageId)).size).toBe(1);
  }
}
