import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { LoadResult, OpenLoop, PatientLoop } from './plan.js';
import { requestsOf, type HttpAnswer, type Requests } from './requests.js';
import { Tally } from './tally.js';
import { Window } from './window.js';

const TIMEOUT_MS = 60_000;
/** Connections that an open loop may have: more requests than this are out at a time only when all is lost. */
const OPEN_CONNECTIONS_MAX = 4_096;

function poolsOf(urls: readonly string[], connections: number): Pool[] {
  const settings = {
    connections: Math.ceil(connections / urls.length),
    pipelining: 1,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  };
  return urls.map((url) => new Pool(url, settings));
}

/**
 * Not by @jangteo/client, which fills the shop before: it takes 0.3 ms of CPU for an order where this takes 0.05, and an
 * order costs the shop some 2 ms on the same cores, so that an eighth of the measured rate would be the client's.
 */
async function send(pool: Pool, requests: Requests): Promise<HttpAnswer> {
  const { method, path, headers, body = null } = requests.next();
  const answer = await pool.request({ method, path, headers, body });
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.statusCode,
    body: await answer.body.text(),
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
  };
}

function nameOf(error: unknown): string {
  const { code, message } = error as Error & { code?: string };
  return code ?? message;
}

/** @param onBegin called when answers begin to count */
export async function runPatientLoop(plan: PatientLoop, onBegin: () => void): Promise<LoadResult> {
  const requests = requestsOf(plan.requests, plan.mayRefuse ?? false);
  const pools = poolsOf(plan.urls, plan.clients);
  const window = new Window();
  const client = async (pool: Pool): Promise<never> => {
    for (;;) {
      const sentAt = performance.now();
      try {
        const answer = await send(pool, requests);
        if (window.isOpen) window.tally.answered(requests.judge(answer), performance.now() - sentAt);
        if (answer.retryAfter !== undefined) await sleep(Number(answer.retryAfter) * 1_000);
      } catch (error) {
        if (window.isOpen) window.tally.failed(nameOf(error));
        // Whoever finds the door shut does not push against it at once.
        await sleep(1_000);
      }
    }
  };
  for (let index = 0; index < plan.clients; index += 1) void client(pools[index % pools.length] as Pool);
  return await window.pass(plan, onBegin);
}

/** @param onBegin called when the first request that counts is due */
export async function runOpenLoop(plan: OpenLoop, onBegin: () => void): Promise<LoadResult> {
  const requests = requestsOf(plan.requests, plan.mayRefuse ?? false);
  const pools = poolsOf(plan.urls, OPEN_CONNECTIONS_MAX);
  const tally = new Tally();
  const warmUpCount = Math.round(plan.warmUpSeconds * plan.ratePerSecond);
  const count = warmUpCount + Math.round(plan.seconds * plan.ratePerSecond);
  const out: Promise<void>[] = [];
  const one = async (pool: Pool, dueAt: number, counts: boolean): Promise<void> => {
    try {
      const verdict = requests.judge(await send(pool, requests));
      if (counts) tally.answered(verdict, performance.now() - dueAt);
    } catch (error) {
      if (counts) tally.failed(nameOf(error));
    }
  };
  const beganAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    const dueAt = beganAt + (index * 1_000) / plan.ratePerSecond;
    // The timer may wake late; all that is due by then is sent at once, each late from when it was due.
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    if (index === warmUpCount) onBegin();
    const work = one(pools[index % pools.length] as Pool, dueAt, index >= warmUpCount);
    if (index >= warmUpCount) out.push(work);
  }
  await Promise.all(out);
  return tally.result(plan.seconds);
}
