import { expect, it } from '@jest/globals';
import { stateOf } from './freshness.js';

const heard = { at: 100_000, everyMs: 3_000, tries: 0, isStopped: false };

it.each([
  [{}, 111_000, 'live'],
  [{}, 111_001, 'old'],
  // The clock was set back.
  [{}, 0, 'live'],
  [{ everyMs: undefined }, 9_000_000, 'live'],
  [{ at: 0 }, 9_000_000, 'none'],
  [{ tries: 1 }, 100_000, 'trying'],
  [{ tries: 5, isStopped: true }, 100_000, 'stopped'],
])('what was heard as %j is at %d %s', (told, now, wanted) => {
  expect(stateOf({ ...heard, ...told }, now)).toBe(wanted);
});
