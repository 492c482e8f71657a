import { describe, expect, it } from '@jest/globals';
import { averageBatches, batchesIn } from './batches.js';

const metrics = (queue: string, messages: number, batches: number): string => `
# HELP messaging_batch_size Messages that one handler call got
# TYPE messaging_batch_size histogram
messaging_batch_size_bucket{le="1",queue="${queue}",type="a"} 1
messaging_batch_size_sum{queue="${queue}",type="a"} ${messages - 1}
messaging_batch_size_count{queue="${queue}",type="a"} ${batches - 1}
messaging_batch_size_sum{queue="${queue}",type="b"} 1
messaging_batch_size_count{queue="${queue}",type="b"} 1
messaging_handled_total{queue="${queue}",type="a"} 7
`;

describe('averageBatches', () => {
  it('tells the average by queue between two readings, over all types and replicas', () => {
    const before = batchesIn([metrics('orders', 100, 50)]);
    const after = batchesIn([metrics('orders', 160, 60), metrics('orders', 40, 10)]);
    expect(averageBatches(before, after)).toEqual({ orders: 5 });
  });

  it('leaves out a queue that had none meanwhile', () => {
    const idle = [metrics('idle', 10, 5)];
    expect(averageBatches(batchesIn(idle), batchesIn([...idle, metrics('busy', 8, 4)]))).toEqual({ busy: 2 });
  });
});
