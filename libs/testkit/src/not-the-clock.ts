/** For `jest.useFakeTimers`: all that tells the time but Date. So a process has a wrong clock, and goes on as it does. */
export const NOT_THE_CLOCK = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
