import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { isRunning, markOf, run } from './processes.js';

describe('a program that is run to its end', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'processes-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is interrupted with what it has started, and its end is waited for', async () => {
    const [interruption, said] = [new AbortController(), join(folder, 'said')];
    const child = `echo $$ > ${said}; exec sleep 600`;
    const script = `trap 'echo cleared up; exit 130' INT; sh -c '${child}'`;
    const work = run('sh', ['-c', script], { interruption: interruption.signal });
    const failure = work.then(String, String);
    const mark = await eventually(async () => {
      const pid = Number.parseInt(await readFile(said, 'utf8').catch(() => ''), 10);
      return Number.isInteger(pid) ? (markOf(pid) ?? false) : false;
    });
    interruption.abort();
    expect(await failure).toContain('sh ended with 130: cleared up');
    expect(isRunning(mark)).toBe(false);
  });

  it('does not begin once it was interrupted', async () => {
    await expect(run('true', [], { interruption: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});
