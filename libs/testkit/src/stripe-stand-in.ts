import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A PaymentIntent, as far as anybody here looks at one. */
interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  status: string;
  readonly metadata: Readonly<Record<string, string>>;
  last_payment_error: { message: string } | null;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** A request as it came. */
export interface StripeRequest {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/** The course of a payment: the payment method decides, as with Stripe's own test cards. */
interface Course {
  /** The intent's status from then on; undefined where it is never made. */
  readonly becomes?: string;
  readonly reply?: (intent: Intent | undefined) => Reply;
  /** The way in which the answer gets lost, the first time only. */
  readonly lost?: 'never sent' | 'connection reset' | 'before it began';
}

export const STRIPE_TEST_KEY = 'sk_test_stand_in';

function failure(status: number, type: string, message: string, more: object = {}): Reply {
  return { status, body: { error: { type, message, ...more } } };
}

const declined = (intent: Intent | undefined): Reply =>
  failure(402, 'card_error', 'Your card was declined.', { code: 'card_declined', payment_intent: intent });

const COURSES: Readonly<Record<string, Course>> = {
  pm_card_visa: { becomes: 'succeeded' },
  pm_card_chargeDeclined: { becomes: 'requires_payment_method', reply: declined },
  pm_card_authenticationRequired: {
    becomes: 'requires_payment_method',
    reply: () =>
      failure(402, 'card_error', 'This payment needs authentication.', { code: 'authentication_required' }),
  },
  pm_paid_unheard: { becomes: 'succeeded', lost: 'never sent' },
  pm_paid_reset: { becomes: 'succeeded', lost: 'connection reset' },
  pm_declined_unheard: { becomes: 'requires_payment_method', reply: declined, lost: 'never sent' },
  pm_error_before: { becomes: 'succeeded', lost: 'before it began' },
  pm_error_after: { becomes: 'succeeded', reply: () => failure(500, 'api_error', 'Something broke.') },
  pm_error_for_ever: { reply: () => failure(500, 'api_error', 'Something broke.') },
  pm_other_amount: {
    becomes: 'succeeded',
    reply: (intent) => ({ status: 200, body: { ...intent, amount: 1 } }),
  },
  pm_other_currency: {
    becomes: 'succeeded',
    reply: (intent) => ({ status: 200, body: { ...intent, currency: 'jpy' } }),
  },
  pm_no_status: { reply: () => ({ status: 200, body: { id: 'pi_0', object: 'payment_intent' } }) },
  pm_nothing: { reply: () => ({ status: 200, body: [] }) },
  pm_processing: { becomes: 'processing' },
  pm_requires_capture: { becomes: 'requires_capture' },
  pm_rate_limited: { reply: () => failure(429, 'invalid_request_error', 'Too many requests.') },
};

/** `metadata[chargeId]=…` and its like, as Stripe's clients send them. */
function paramsOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

function metadataOf(params: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(params).flatMap(([name, value]) => {
    const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * The few calls of Stripe's API that the wallet makes, as Stripe answers them: the first answer under an
 * idempotency key is kept, errors too, and repeated; a key with other parameters is an error.
 */
export class StripeStandIn {
  readonly requests: StripeRequest[] = [];
  /** Runs just before Stripe cancels a payment. */
  beforeCancel: () => void = () => undefined;
  /** Gives the status of a payment as the search shows it, which may be that of a while ago. */
  searched: (status: string) => string = (status) => status;
  readonly #intents: Intent[] = [];
  readonly #replies = new Map<string, { readonly text: string; readonly reply: Reply }>();
  readonly #lost = new Set<string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<StripeStandIn> {
    const standIn = new StripeStandIn();
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The amounts that were taken for a charge: more than one would be a payment taken twice. */
  takenFor(chargeId: string): number[] {
    return this.#intents
      .filter(({ status, metadata }) => status === 'succeeded' && metadata.chargeId === chargeId)
      .map(({ amount }) => amount);
  }

  /** Gives a payment that is being processed the status that Stripe decides on by itself later. */
  become(chargeId: string, status: string): void {
    for (const intent of this.#intents) if (intent.metadata.chargeId === chargeId) intent.status = status;
  }

  /** Forgets idempotency keys, as Stripe does after a day. */
  forgetKeys(): void {
    this.#replies.clear();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const idempotencyKey = request.headers['idempotency-key'] as string | undefined;
    const params = request.method === 'GET' ? Object.fromEntries(searchParams) : paramsOf(text);
    const method = request.method ?? '';
    this.requests.push({ method, path: pathname, idempotencyKey, params });
    if (request.headers.authorization !== `Bearer ${STRIPE_TEST_KEY}`) {
      send(response, failure(401, 'invalid_request_error', 'Invalid API Key provided.'));
    } else if (method === 'POST' && pathname === '/v1/payment_intents') {
      this.#create(params, { text, key: idempotencyKey ?? '' }, response);
    } else {
      send(response, this.#look(method, pathname, params));
    }
  }

  #create(
    params: Readonly<Record<string, string>>,
    { text, key }: { readonly text: string; readonly key: string },
    response: ServerResponse,
  ): void {
    const known = this.#replies.get(key);
    if (known !== undefined) {
      const isSame = known.text === text;
      const other = failure(400, 'idempotency_error', 'Keys can only be used with the same parameters.');
      return send(response, isSame ? known.reply : other);
    }
    const course = COURSES[params.payment_method ?? ''];
    if (course === undefined) {
      return send(
        response,
        failure(400, 'invalid_request_error', 'No such PaymentMethod.', { code: 'resource_missing' }),
      );
    }
    const isLost = course.lost !== undefined && !this.#lost.has(key);
    this.#lost.add(key);
    if (isLost && course.lost === 'before it began')
      return send(response, failure(503, 'api_error', 'Try again.'));
    const intent = course.becomes === undefined ? undefined : this.#made(params, course.becomes);
    const reply = course.reply?.(intent) ?? { status: 200, body: { ...intent } };
    if (reply.status !== 429) this.#replies.set(key, { text, reply });
    if (isLost && course.lost === 'connection reset') response.destroy();
    else if (!isLost) send(response, reply);
  }

  #made(params: Readonly<Record<string, string>>, status: string): Intent {
    const intent: Intent = {
      id: `pi_${this.#intents.length + 1}`,
      object: 'payment_intent',
      amount: Number(params.amount),
      currency: params.currency ?? '',
      status,
      metadata: metadataOf(params),
      last_payment_error:
        status === 'requires_payment_method' ? { message: 'Your card was declined.' } : null,
    };
    this.#intents.push(intent);
    return intent;
  }

  #look(method: string, path: string, params: Readonly<Record<string, string>>): Reply {
    if (method === 'GET' && path === '/v1/payment_intents/search') {
      const chargeId = /^metadata\['chargeId'\]:'([^']+)'$/.exec(params.query ?? '')?.[1];
      const found = this.#intents.filter(({ metadata }) => metadata.chargeId === chargeId);
      const data = found.map((intent) => ({ ...intent, status: this.searched(intent.status) }));
      return { status: 200, body: { object: 'search_result', data, has_more: false, url: path } };
    }
    const [, id, verb] = /^\/v1\/payment_intents\/(pi_\d+)(\/cancel)?$/.exec(path) ?? [];
    const intent = this.#intents.find((one) => one.id === id);
    if (intent === undefined) return failure(404, 'invalid_request_error', 'No such payment_intent.');
    if (verb !== undefined) {
      this.beforeCancel();
      if (intent.status === 'succeeded') return failure(400, 'invalid_request_error', 'It has succeeded.');
      intent.status = 'canceled';
    }
    return { status: 200, body: intent };
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
