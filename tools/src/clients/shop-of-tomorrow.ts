import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Whatever is in a map of objects is one, too: no client can tell that it is not meant. */
const FIELD = { status: 'up' };

/** The same with a field more in each object. */
export function withMoreFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMoreFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withMoreFields(field)]);
  return { ...Object.fromEntries(fields), fieldOfTomorrow: FIELD };
}

/** Headers that are of one connection. */
const OF_CONNECTION = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

async function handOn(shopUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const headers = Object.entries(request.headers).filter(([name]) => !OF_CONNECTION.has(name));
  const body = method === 'GET' ? undefined : new Uint8Array(await buffer(request));
  const answer = await fetch(`${shopUrl}${url}`, {
    method,
    headers: headers as [string, string][],
    ...(body === undefined || body.length === 0 ? {} : { body }),
  });
  const text = await answer.text();
  const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
  const told = [...answer.headers].filter(
    ([name]) => !OF_CONNECTION.has(name) && name !== 'content-encoding',
  );
  response.writeHead(answer.status, Object.fromEntries(told));
  response.end(isJson ? JSON.stringify(withMoreFields(JSON.parse(text))) : text);
}

/** A shop as a later release may be: all that it answers has fields that no client of today knows. */
export class ShopOfTomorrow {
  private constructor(private readonly server: Server) {}

  static async before(shopUrl: string): Promise<ShopOfTomorrow> {
    const server = createServer((request, response) => {
      handOn(shopUrl, request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ShopOfTomorrow(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
