import { describe, expect, it } from '@jest/globals';
import { JangteoError } from '@jangteo/client';
import { keepHearing, pauseAfter } from './keep-hearing.js';

const refused = (retryAfterMs?: number) =>
  new JangteoError({ title: 'Away', detail: '', status: 503, code: 'SERVICE_UNAVAILABLE' }, { retryAfterMs });

describe('a stream that is heard for as long as somebody listens', () => {
  it('is opened again however often it was refused, and its tries are counted from what was heard last', async () => {
    const leaving = new AbortController();
    const told: (number | string)[] = [];
    let opened = 0;
    await keepHearing(
      async function* ({ retry, silenceMs }) {
        opened += 1;
        expect({ retry, silenceMs }).toEqual({ retry: false, silenceMs: 6_000 });
        if (opened !== 41) throw refused();
        yield 'heard';
      },
      {
        signal: leaving.signal,
        onEvent: (event) => told.push(event),
        onLost: (tries) => told.push(tries),
        wait: () => {
          if (opened === 43) leaving.abort();
          return Promise.resolve();
        },
      },
    );
    expect(told.slice(38)).toEqual([39, 40, 'heard', 1, 2, 3]);
  });

  it('is left alone once there will never be one', async () => {
    const lost: unknown[] = [];
    await keepHearing(
      // oxlint-disable-next-line require-yield -- a stream that is refused gives nothing
      async function* () {
        throw refused();
      },
      {
        signal: new AbortController().signal,
        onEvent: () => undefined,
        onLost: (tries) => lost.push(tries),
        isOver: () => true,
      },
    );
    expect(lost).toEqual([]);
  });

  it.each([
    [1, undefined, 0, 2_000],
    [1, undefined, 1, 3_000],
    [30, undefined, 0, 15_000],
    [1, 40_000, 0, 40_000],
  ])('waits after try %d, asked for %d ms, by chance %d: %d ms', (tries, asked, random, ms) => {
    expect(pauseAfter(tries, refused(asked), random)).toBe(ms);
  });
});
