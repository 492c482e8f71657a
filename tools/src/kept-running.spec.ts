import { describe, expect, it } from '@jest/globals';
import type { ServiceProcess } from '@jangteo/infra';
import { KeptRunning } from './kept-running.js';

/** A process that notes what is done to it. */
function processOf(calls: string[]): ServiceProcess {
  const note = (call: string) => async () => void calls.push(call);
  return {
    launch: note('launch'),
    untilReady: note('untilReady'),
    stop: note('stop'),
    ended: () => new Promise(() => {}),
    mark: { pid: 1, startedAt: '' },
    settings: { service: 'wallet' },
  } as unknown as ServiceProcess;
}

describe('a service that is kept running', () => {
  const keepingWith = (onStart: () => Promise<void>) => ({
    signal: new AbortController().signal,
    report: () => {},
    onStart,
  });

  it('is ended where it cannot be written down that it runs, as on a full disk', async () => {
    const calls: string[] = [];
    const full = keepingWith(() => Promise.reject(new Error('ENOSPC: no space left on device')));
    await expect(new KeptRunning(processOf(calls), full).start()).rejects.toThrow('ENOSPC');
    expect(calls).toEqual(['launch', 'stop']);
  });

  it('is waited for once that is written down', async () => {
    const calls: string[] = [];
    const onStart = async () => void calls.push('written down');
    await new KeptRunning(processOf(calls), keepingWith(onStart)).start();
    expect(calls).toEqual(['launch', 'written down', 'untilReady']);
  });
});
