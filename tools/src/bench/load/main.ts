/*
 * The load generator: a process of its own, so that what it needs of the machine can be told from what the
 * shop needs. It is given a plan, tells when it begins to count and what it counted, and waits to be ended.
 */
import { runCallLoop } from './call-loop.js';
import { runClosedLoop } from './closed-loop.js';
import { runOpenLoop, runPatientLoop } from './http-clients.js';
import type { LoadMessage, LoadPlan, LoadResult } from './plan.js';

function tell(message: LoadMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function runLoop(plan: LoadPlan, onBegin: () => void): Promise<LoadResult> {
  switch (plan.loop) {
    case 'closed':
      return runClosedLoop(plan, onBegin);
    case 'patient':
      return runPatientLoop(plan, onBegin);
    case 'open':
      return runOpenLoop(plan, onBegin);
    case 'calls':
      return runCallLoop(plan, onBegin);
  }
}

async function run(plan: LoadPlan): Promise<void> {
  const result = await runLoop(plan, () => void tell({ type: 'begun' }));
  await tell({ type: 'ended', result });
}

async function fail(error: unknown): Promise<void> {
  await tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

// Whoever asked is gone: nobody waits for the result.
process.on('disconnect', () => process.exit(1));
process.on('uncaughtException', (error) => void fail(error));
process.once('message', (plan: LoadPlan) => {
  run(plan).catch(fail);
});
