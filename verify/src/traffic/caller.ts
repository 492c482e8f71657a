import { Agent, request, type Dispatcher } from 'undici';
import type { Knowledge, Operation, Told } from './operation.js';

/** Longer than any deadline of the shop's: a call that takes so long hangs. */
const HANG_MS = 20_000;
const CONNECT_MS = 3_000;

/** Errors that come before anything was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT']);
const HUNG = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** One call and what its caller knows after it. */
export interface Attempt {
  readonly knowledge: Knowledge;
  readonly told?: Told;
  /** The words of a connection that broke. */
  readonly error?: string;
  readonly hung: boolean;
  readonly ms: number;
}

type Body = Partial<Omit<Told, 'status'>> & { readonly status?: unknown };

function toldBy(status: number, text: string): Told {
  let body: Body = {};
  try {
    body = JSON.parse(text) as Body;
  } catch {
    // Of a proxy or of nobody; its status says enough.
  }
  const { code, orderId, orderStatus, totalPrice, chargeId, userCouponId, sequence, couponId } = body;
  const told = { code, orderId, orderStatus, totalPrice, chargeId, userCouponId, sequence, couponId };
  return {
    status,
    ...(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as object),
  };
}

function knowledgeOf({ status, code }: Told): Knowledge {
  if (status === 429 || code === 'SERVICE_UNAVAILABLE') return 'fail';
  // An order that was given up is known to be; any other failure of the shop's says nothing.
  if (code === 'ORDER_TIMED_OUT') return 'ok';
  return status >= 500 || code === 'IDEMPOTENCY_KEY_IN_USE' ? 'unknown' : 'ok';
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return code ?? name ?? String(error);
}

/** Calls the gateway, and says of each call what is known after it. */
export class Caller {
  readonly #agent = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: HANG_MS,
    bodyTimeout: HANG_MS,
    connections: null,
  });

  constructor(private readonly url: string) {}

  async attempt({ path, token, key, body, prefer }: Operation): Promise<Attempt> {
    return await this.#send(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(prefer === undefined ? {} : { prefer }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  }

  async read(path: string, token: string): Promise<Attempt> {
    return await this.#send(path, { method: 'GET', headers: { authorization: `Bearer ${token}` } });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(
    path: string,
    options: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
  ): Promise<Attempt> {
    const began = performance.now();
    const since = (): number => performance.now() - began;
    try {
      const answer = await request(`${this.url}${path}`, { ...options, dispatcher: this.#agent });
      const told = toldBy(answer.statusCode, await answer.body.text());
      return { knowledge: knowledgeOf(told), told, hung: false, ms: since() };
    } catch (error) {
      const code = codeOf(error);
      const knowledge = NOT_SENT.has(code) ? 'fail' : 'unknown';
      return { knowledge, error: code, hung: HUNG.has(code), ms: since() };
    }
  }
}
