/** Sum and number of the batches of each queue, since their process began. */
export type Batches = ReadonlyMap<string, { readonly messages: number; readonly batches: number }>;

const SAMPLE = /^messaging_batch_size_(sum|count)\{([^}]*)\} (\S+)$/gm;

/** Reads the batches out of the metrics of any number of processes, in Prometheus' text format. */
export function batchesIn(metrics: readonly string[]): Batches {
  const found = new Map<string, { messages: number; batches: number }>();
  for (const [, kind, labels = '', value] of metrics.flatMap((text) => [...text.matchAll(SAMPLE)])) {
    const queue = /queue="([^"]*)"/.exec(labels)?.[1];
    if (queue === undefined) continue;
    const entry = found.get(queue) ?? { messages: 0, batches: 0 };
    entry[kind === 'sum' ? 'messages' : 'batches'] += Number(value);
    found.set(queue, entry);
  }
  return found;
}

/** The average batch by queue between two readings; queues without any are left out. */
export function averageBatches(before: Batches, after: Batches): Record<string, number> {
  const averages = [...after].flatMap(([queue, { messages, batches }]) => {
    const start = before.get(queue) ?? { messages: 0, batches: 0 };
    const worked = batches - start.batches;
    return worked > 0 ? [[queue, (messages - start.messages) / worked] as const] : [];
  });
  return Object.fromEntries(averages);
}
