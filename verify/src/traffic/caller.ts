import { Jangteo, JangteoError, type CallOptions } from '@jangteo/client';
import { Agent, fetch as fetchByAgent } from 'undici';
import type { Ask, Knowledge, Operation, Told } from './operation.js';

/** Longer than any deadline of the shop's: a call that takes so long hangs. */
const HANG_MS = 20_000;
const CONNECT_MS = 3_000;

/** Errors that come before anything was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT']);
/** Of the client's deadline. */
const HUNG = 'TimeoutError';

/** One call and what its caller knows after it. */
export interface Attempt {
  readonly knowledge: Knowledge;
  readonly told?: Told;
  /** The words of a connection that broke. */
  readonly error?: string;
  readonly hung: boolean;
  readonly ms: number;
}

type Body = Partial<Record<keyof Told, unknown>>;

function toldBy(status: number, answer: unknown): Told {
  const { code, orderId, orderStatus, totalPrice, chargeId, userCouponId, sequence, couponId } = (answer ??
    {}) as Body;
  const told = { code, orderId, orderStatus, totalPrice, chargeId, userCouponId, sequence, couponId };
  return {
    status,
    ...(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as object),
  };
}

/** What a proxy answered, or cannot be read, has no code of the shop's; its status says enough. */
function refusalTold({ status, problem }: JangteoError): Told {
  return toldBy(status, problem.code === 'NO_PROBLEM' ? {} : problem);
}

function knowledgeOf({ status, code }: Told): Knowledge {
  if (status === 429 || code === 'SERVICE_UNAVAILABLE') return 'fail';
  // An order that was given up is known to be; any other failure of the shop's says nothing.
  if (code === 'ORDER_TIMED_OUT') return 'ok';
  return status >= 500 || code === 'IDEMPOTENCY_KEY_IN_USE' ? 'unknown' : 'ok';
}

/** The word for what `fetch` failed with. */
function wordOf(error: unknown): string {
  const { code, name, cause } = error as { code?: unknown; name?: string; cause?: unknown };
  if (typeof code === 'string' && code !== 'NO_ANSWER') return code;
  if (cause !== undefined) return wordOf(cause);
  return name ?? String(error);
}

/** Calls the gateway by its client, once a call, and says of each what is known after it. */
export class Caller {
  /** It has no deadline but the client's. */
  readonly #agent = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    connections: null,
  });

  constructor(
    private readonly url: string,
    private readonly hangMs = HANG_MS,
  ) {}

  async attempt({ ask, token, key }: Operation): Promise<Attempt> {
    return await this.#send(ask, token, { idempotencyKey: key });
  }

  async read(ask: Ask, token: string): Promise<Attempt> {
    return await this.#send(ask, token, {});
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(ask: Ask, token: string, options: CallOptions): Promise<Attempt> {
    const began = performance.now();
    const since = (): number => performance.now() - began;
    let status = 0;
    const shop = new Jangteo({
      url: this.url,
      tokens: { accessToken: token },
      // Each answer, and each that is lost, is one to take note of.
      retry: false,
      deadlineMs: this.hangMs,
      fetch: (async (url: string, init: object) => {
        const response = await fetchByAgent(url, { ...init, dispatcher: this.#agent });
        ({ status } = response);
        return response;
      }) as unknown as typeof fetch,
    });
    try {
      const told = toldBy(0, await ask(shop, options));
      return { knowledge: 'ok', told: { ...told, status }, hung: false, ms: since() };
    } catch (error) {
      if (!(error instanceof JangteoError)) throw error;
      if (error.code !== 'NO_ANSWER') {
        const told = refusalTold(error);
        return { knowledge: knowledgeOf(told), told, hung: false, ms: since() };
      }
      const word = wordOf(error);
      const knowledge = NOT_SENT.has(word) ? 'fail' : 'unknown';
      return { knowledge, error: word, hung: word === HUNG, ms: since() };
    }
  }
}
