import pg from 'pg';
import type { CallLoop, LoadResult } from './plan.js';
import { Window } from './window.js';

/** Calls on their way on one connection: the next one is there when the server is done with the one before. */
const PIPELINED = 2;

/** @param onBegin called when calls begin to count */
export async function runCallLoop(plan: CallLoop, onBegin: () => void): Promise<LoadResult> {
  const window = new Window();
  let index = 0;
  let failure: Error | undefined;
  const caller = async (client: pg.Client): Promise<void> => {
    while (failure === undefined) {
      const values = [...(plan.parameters[index++ % plan.parameters.length] ?? [])];
      const sentAt = performance.now();
      await client.query({ name: 'call', text: plan.statement, values });
      if (window.isOpen) window.tally.answered({ kind: 'good', name: 'done' }, performance.now() - sentAt);
    }
  };
  for (let connection = 0; connection < plan.clients; connection += 1) {
    const client = new pg.Client({ connectionString: plan.databaseUrl, pipeline: true });
    await client.connect();
    for (let slot = 0; slot < PIPELINED; slot += 1) caller(client).catch((error: Error) => (failure = error));
  }
  const result = await window.pass(plan, onBegin);
  if (failure !== undefined) throw failure;
  return result;
}
