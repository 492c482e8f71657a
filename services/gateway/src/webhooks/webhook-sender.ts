import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '@jangteo/service';
import { faultOfStatus, type Attempt, type WebhookMessage } from '../domain/webhook.js';
import type { GatewayConfig } from '../gateway.config.js';
import { DatabaseClock } from '../http/database-clock.js';
import { addressIn, AddressRefused, guardedLookup, isPublicAddress } from './public-addresses.js';
import { signaturesOf } from './signature.js';

/** Nothing of an answer's body is of use; so much of it is read, so that the connection can be used again. */
const ANSWER_BYTES_MAX = 65_536;
/** A part of the time for all of it, after which nobody is there. */
const CONNECT_MS_MAX = 5_000;
/** Kept open for the next record; receivers that close earlier are asked again on another connection. */
const CONNECTIONS = { keepAlive: true, timeout: 15_000, maxFreeSockets: 64 };

/** Where a message goes, and what it is signed with. */
export interface Receiver {
  readonly url: string;
  readonly secret: Buffer;
  /** Where it is good still. */
  readonly previousSecret: Buffer | null;
}

interface Bounds {
  readonly timeoutMs: number;
  /** Gives up earlier. */
  readonly signal?: AbortSignal;
}

const RESET = 'ECONNRESET';
/** Failures of connections in words: what comes with them names addresses of ours. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  [RESET]: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ABORT_ERR: 'there was no answer in time',
};

class SendingFailed extends Error {
  override readonly name = 'SendingFailed';
}

const codeOf = (error: unknown): string => (error as { readonly code?: string }).code ?? 'unknown';

function reasonOf(error: unknown): string {
  if (error instanceof SendingFailed || error instanceof AddressRefused) return error.message;
  return WORDS[codeOf(error)] ?? `the connection failed (${codeOf(error)})`;
}

/** Posts messages to addresses that people have chosen. A redirect is a failure: what is signed is for one receiver. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  readonly #lookup = guardedLookup((address) => this.#isAllowed(address));
  readonly #agents = { http: new HttpAgent(CONNECTIONS), https: new HttpsAgent(CONNECTIONS) };

  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<
      GatewayConfig,
      'WEBHOOK_ALLOW_PLAINTEXT' | 'WEBHOOK_ALLOW_PRIVATE_ADDRESSES' | 'WEBHOOK_DENIED_NETWORKS'
    >,
    private readonly clock: DatabaseClock,
  ) {}

  onApplicationShutdown(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** What is wrong with an address as it is written; what its name stands for is seen when it is connected to. */
  faultOf(url: URL): string | undefined {
    if (!this.config.WEBHOOK_ALLOW_PLAINTEXT && url.protocol !== 'https:') {
      return 'must be an address that begins with https://';
    }
    const address = addressIn(url);
    return address === undefined || this.#isAllowed(address)
      ? undefined
      : 'must be outside of our own network';
  }

  #isAllowed(address: string): boolean {
    const { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: isPrivateAllowed, WEBHOOK_DENIED_NETWORKS: denied } =
      this.config;
    return !denied.has(address) && (isPrivateAllowed || isPublicAddress(address));
  }

  /** Sends a message once. Never throws. */
  async send(to: Receiver, message: WebhookMessage, bounds: Bounds): Promise<Attempt> {
    const begunMs = performance.now();
    const came = await this.#tried(to, message, bounds);
    return { tookMs: Math.round(performance.now() - begunMs), ...came };
  }

  async #tried(to: Receiver, message: WebhookMessage, bounds: Bounds): Promise<Omit<Attempt, 'tookMs'>> {
    const url = new URL(to.url);
    const fault = this.faultOf(url);
    if (fault !== undefined) return { error: `the address ${fault}` };
    try {
      const status = await this.#post(url, headersOf(to, message, this.clock.now()), message.body, bounds);
      const error = faultOfStatus(status);
      return error === undefined ? { status } : { status, error };
    } catch (error) {
      return { error: reasonOf(error) };
    }
  }

  /** @returns the answer's status; an answer whose body breaks off is one all the same */
  async #post(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    { timeoutMs, signal }: Bounds,
  ): Promise<number> {
    const isTls = url.protocol === 'https:';
    const timeout = AbortSignal.timeout(timeoutMs);
    const deadline = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    const options = { method: 'POST', headers, signal: deadline, lookup: this.#lookup };
    const post = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const request = isTls
          ? httpsRequest(url, { ...options, agent: this.#agents.https })
          : httpRequest(url, { ...options, agent: this.#agents.http });
        request.once('socket', (socket) => {
          if (!socket.connecting) return;
          const isLate = (): unknown => request.destroy(new SendingFailed('nobody was there in time'));
          const timer = setTimeout(isLate, Math.min(CONNECT_MS_MAX, timeoutMs));
          socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(timer));
          request.once('close', () => clearTimeout(timer));
        });
        let isAnswered = false;
        request.once('response', (response) => {
          isAnswered = true;
          void drained(response).then(() => resolve(response.statusCode ?? 0));
        });
        request.once('error', (error) =>
          reject(request.reusedSocket && codeOf(error) === RESET ? new ClosedMeanwhile() : error),
        );
        // Where there was neither: who switches to another protocol, for one.
        request.once('close', () => {
          if (!isAnswered) reject(new SendingFailed('the connection was closed'));
        });
        request.end(body);
      });
    try {
      return await post();
    } catch (error) {
      if (error instanceof ClosedMeanwhile) return await post();
      throw error;
    }
  }
}

/** A connection that was kept open, and that the receiver had closed when it was used again. */
class ClosedMeanwhile extends Error {
  readonly code = RESET;
}

/** @param now by which receivers refuse what is minutes old, or to come */
function headersOf({ secret, previousSecret }: Receiver, { messageId, body }: WebhookMessage, now: Date) {
  const seconds = Math.floor(now.getTime() / 1_000);
  const secrets = previousSecret === null ? [secret] : [secret, previousSecret];
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'jangteo',
    'webhook-id': messageId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signaturesOf(secrets, { messageId, seconds, body }),
  };
}

/** Resolves once an answer's body is read, broke off, or was too much. */
async function drained(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) response.destroy();
  });
  response.on('error', () => undefined);
  await new Promise<void>((resolve) => response.once('close', resolve));
}
