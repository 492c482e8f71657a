import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server of a test has read it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Answering = (response: ServerResponse, asked: Asked) => void;

/** Answers with JSON; 204 has none. */
export function json(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answering {
  return (response) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
}

/** Answers with a problem of the shop's. */
export function problem(
  status: number,
  code: string,
  { headers = {}, ...fields }: { headers?: Readonly<Record<string, string>>; [field: string]: unknown } = {},
): Answering {
  const body = { type: `urn:jangteo:problem:${code}`, title: code, status, detail: code, code, ...fields };
  return json(status, body, headers);
}

/** Takes the request and cuts the connection. */
export const cutOff: Answering = (response) => void response.destroy();

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

/** A server that answers as its script says, one line a request, and remembers what it was asked. */
export class ScriptedShop {
  readonly asked: Asked[] = [];
  readonly #script: Answering[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<ScriptedShop> {
    const server = createServer();
    const shop = new ScriptedShop(server);
    server.on('request', (request, response) => void shop.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets what was, and takes up a new script. */
  play(...script: Answering[]): void {
    this.asked.length = 0;
    this.#script.splice(0, this.#script.length, ...script);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const asked = { method, path, headers, body: await bodyOf(request) };
    this.asked.push(asked);
    const answering = this.#script.shift() ?? json(500, { code: 'INTERNAL', detail: 'not in the script' });
    answering(response, asked);
  }
}
