import autocannon, { type Instance } from 'autocannon';
import type { ClosedLoop, LoadResult } from './plan.js';
import { requestsOf, type Requests } from './requests.js';
import { Tally } from './tally.js';
import { Window } from './window.js';

/** Longer than any answer may take, so that a lost one is an error and not a reconnection. */
const TIMEOUT_SECONDS = 60;
/** For runs that somebody else ends. */
const FOREVER_SECONDS = 1_000_000;

/** Receives answers, and counts them while it is open. */
interface Sink {
  readonly isOpen: boolean;
  readonly tally: Tally;
}

interface SentContext {
  sentAt?: number;
}

interface Running {
  readonly instance: Instance;
  /** Resolves once the last answer is there, where the number of requests is limited. */
  readonly ended: Promise<void>;
}

/** One autocannon: so many connections to one address, each with one request out at a time. */
function start(options: {
  readonly url: string;
  readonly connections: number;
  readonly amount: number | undefined;
  readonly requests: Requests;
  readonly sink: Sink;
}): Running {
  const { url, connections, amount, requests, sink } = options;
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const limit = amount === undefined ? { duration: FOREVER_SECONDS } : { amount };
  const request: autocannon.Request = {
    setupRequest(defaults, context: SentContext) {
      const { method, path, headers, body } = requests.next();
      context.sentAt = performance.now();
      return { ...defaults, method, path, headers, ...(body === undefined ? {} : { body }) };
    },
    onResponse(status, body, context: SentContext, headers) {
      if (!sink.isOpen) return;
      const latencyMs = performance.now() - (context.sentAt ?? NaN);
      // autocannon gives headers as the server wrote them.
      const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after');
      sink.tally.answered(requests.judge({ status, body, retryAfter: entry?.[1] as string }), latencyMs);
    },
  };
  const instance = autocannon(
    { url, connections, timeout: TIMEOUT_SECONDS, ...limit, requests: [request] },
    (error: unknown) => (error ? reject(error as Error) : resolve()),
  );
  instance.on('reqError', (error: Error) => {
    if (sink.isOpen) sink.tally.failed(error.message);
  });
  return { instance, ended };
}

/** Spreads a number over so many shares that differ by one at most. */
export function shares(total: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((total + index) / count)).toReversed();
}

function startAll(plan: ClosedLoop, sink: Sink): Running[] {
  const requests = requestsOf(plan.requests, plan.mayRefuse ?? false);
  const addresses = plan.urls.slice(0, plan.clients);
  const clients = shares(plan.clients, addresses.length);
  const amounts = plan.amount === undefined ? undefined : shares(plan.amount, addresses.length);
  return addresses.map((url, index) =>
    start({ url, connections: clients[index] ?? 1, amount: amounts?.[index], requests, sink }),
  );
}

/** Counts from the first request to the last answer. */
async function runAmount(plan: ClosedLoop, onBegin: () => void): Promise<LoadResult> {
  const tally = new Tally();
  let lastAnswerAt = performance.now();
  const sink: Sink = {
    get isOpen() {
      lastAnswerAt = performance.now();
      return true;
    },
    tally,
  };
  onBegin();
  const beganAt = performance.now();
  await Promise.all(startAll(plan, sink).map(({ ended }) => ended));
  return tally.result((lastAnswerAt - beganAt) / 1_000);
}

/** @param onBegin called when answers begin to count */
export async function runClosedLoop(plan: ClosedLoop, onBegin: () => void): Promise<LoadResult> {
  if (plan.amount !== undefined) return await runAmount(plan, onBegin);
  const window = new Window();
  const running = startAll(plan, window);
  const result = await window.pass(plan, onBegin);
  for (const { instance } of running) instance.stop();
  return result;
}
