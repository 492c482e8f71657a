import { describe, expect, it } from '@jest/globals';
import { RecentTimes } from './recent-times.js';

describe('the times of recent answers', () => {
  it('are known for ten seconds', () => {
    const times = new RecentTimes();
    expect(times.latency(0)).toBeUndefined();
    for (let ms = 1; ms <= 20; ms += 1) times.note(ms, 1_000);
    expect(times.latency(11_000)).toEqual({ answers: 20, p50Ms: 10, p95Ms: 19 });
    times.note(7, 11_001);
    expect(times.latency(11_001)).toEqual({ answers: 1, p50Ms: 7, p95Ms: 7 });
    expect(times.latency(30_000)).toBeUndefined();
  });

  it('are of the latest, where there are too many', () => {
    const times = new RecentTimes();
    for (let index = 0; index < 5_000; index += 1) times.note(index < 4_000 ? 1 : 9, 0);
    expect(times.latency(0)).toEqual({ answers: 1_000, p50Ms: 9, p95Ms: 9 });
  });
});
