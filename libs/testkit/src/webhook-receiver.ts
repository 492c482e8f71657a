import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { OrderRecord } from '@jangteo/contracts';

/** A request as it came. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly messageId: string;
  readonly body: string;
  readonly event: { readonly type: string; readonly timestamp: string; readonly data: OrderRecord };
  /** Whether it was answered with 2xx before its sender gave up. */
  isConfirmed: boolean;
}

export type WebhookAnswer = (response: ServerResponse, received: ReceivedWebhook) => void | Promise<void>;

const confirm: WebhookAnswer = (response) => void response.writeHead(204).end();

/** A receiver of webhooks that answers as a test says. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** The most requests to a path that were under way at a time. */
  readonly atOnce = new Map<string, number>();
  readonly #underWay = new Map<string, number>();
  readonly #server = createServer();
  #answer: WebhookAnswer = confirm;

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
  answer(answer: WebhookAnswer = confirm): void {
    this.#answer = answer;
  }

  url(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  at(path: string): ReceivedWebhook[] {
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
    const event = JSON.parse(body) as ReceivedWebhook['event'];
    const messageId = String(headers['webhook-id']);
    const received: ReceivedWebhook = { path, headers, messageId, body, event, isConfirmed: false };
    this.received.push(received);
    response.once('finish', () => (received.isConfirmed = response.statusCode < 300));
    response.once('close', () => this.#underWay.set(path, this.#underWay.get(path)! - 1));
    await this.#answer(response, received);
  }
}
