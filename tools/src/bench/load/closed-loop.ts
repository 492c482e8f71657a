import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Instance } from 'autocannon';
import type { LoadPlan, LoadResult } from './plan.js';
import { requestsOf, type Requests } from './requests.js';
import { Tally } from './tally.js';

/** Longer than any answer may take, so that a lost one is an error and not a reconnection. */
const TIMEOUT_SECONDS = 60;
/** For runs that end by themselves. */
const FOREVER_SECONDS = 1_000_000;

interface Watch {
  /** Whether answers count now. */
  isOpen: boolean;
  tally: Tally;
  answered(): void;
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
  readonly watch: Watch;
}): Running {
  const { url, connections, amount, requests, watch } = options;
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const limit = amount === undefined ? { duration: FOREVER_SECONDS } : { amount };
  const request: autocannon.Request = {
    setupRequest(defaults, context: SentContext) {
      const { method, path, headers, body } = requests.next();
      context.sentAt = performance.now();
      return { ...defaults, method, path, headers, ...(body === undefined ? {} : { body }) };
    },
    onResponse(status, body, context: SentContext) {
      const latencyMs = performance.now() - (context.sentAt ?? NaN);
      if (watch.isOpen) watch.tally.answered(requests.judge(status, body), latencyMs);
      watch.answered();
    },
  };
  const instance = autocannon(
    { url, connections, timeout: TIMEOUT_SECONDS, ...limit, requests: [request] },
    (error: unknown) => (error ? reject(error as Error) : resolve()),
  );
  instance.on('reqError', (error: Error) => {
    if (watch.isOpen) watch.tally.failed(error.message);
  });
  return { instance, ended };
}

/** Spreads a number over so many shares that differ by one at most. */
function shares(total: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((total + index) / count)).toReversed();
}

/**
 * Clients that each send a request, wait for the answer, and send the next one.
 *
 * @param onBegin called when answers begin to count
 */
export async function runClosedLoop(plan: LoadPlan, onBegin: () => void): Promise<LoadResult> {
  const requests = requestsOf(plan.requests);
  const addresses = plan.urls.slice(0, plan.clients);
  const clients = shares(plan.clients, addresses.length);
  const amounts = plan.amount === undefined ? undefined : shares(plan.amount, addresses.length);
  let lastAnswerAt = performance.now();
  const watch: Watch = {
    isOpen: plan.amount !== undefined,
    tally: new Tally(),
    answered: () => (lastAnswerAt = performance.now()),
  };
  let beganAt = performance.now();
  if (plan.amount !== undefined) onBegin();
  const instances = addresses.map((url, index) =>
    start({ url, connections: clients[index] ?? 1, amount: amounts?.[index], requests, watch }),
  );
  if (plan.amount !== undefined) {
    await Promise.all(instances.map(({ ended }) => ended));
    return watch.tally.result((lastAnswerAt - beganAt) / 1_000);
  }
  await sleep(plan.warmUpSeconds * 1_000);
  watch.isOpen = true;
  beganAt = performance.now();
  onBegin();
  await sleep(plan.seconds * 1_000);
  watch.isOpen = false;
  const result = watch.tally.result((performance.now() - beganAt) / 1_000);
  for (const { instance } of instances) instance.stop();
  return result;
}
