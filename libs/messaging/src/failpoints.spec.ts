import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serviceFlags } from '@jangteo/infra';

const ARMED = ['--conditions=failpoints'];

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failpoints-'));
  file = join(folder, 'failpoint');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Has a process of this package pass a failpoint, and tells how it ended and what it said. */
function pass(passing: string, flags: readonly string[], env: Record<string, string> = {}) {
  const program = `
    import { writeSync } from 'node:fs';
    import { failpoint } from '#failpoints';
    failpoint(${passing});
    writeSync(1, 'alive');
    setImmediate(() => writeSync(1, ', sent'));
    setTimeout(() => writeSync(1, ', done'), 50);`;
  const { signal, status, stdout } = spawnSync(
    process.execPath,
    [...flags, '--input-type=module', '--eval', program],
    { cwd: join(import.meta.dirname, '..'), encoding: 'utf8', env: { FAILPOINT_FILE: file, ...env } },
  );
  return { signal, status, said: stdout };
}

const RECEIVED = `'batch.received', [{ type: 'wallet.charge' }, { type: 'wallet.debit' }]`;
const ALIVE = { signal: null, status: 0, said: 'alive, sent, done' };

describe('a failpoint', () => {
  beforeEach(() => writeFileSync(file, 'batch.received wallet.debit\n'));

  it('is nothing where Node was not told of failpoints, as services are run', () => {
    expect(pass(RECEIVED, serviceFlags('order'))).toEqual(ALIVE);
    expect(existsSync(file)).toBe(true);
  });

  it('ends an armed process on the spot, and its successor no more', () => {
    expect(pass(RECEIVED, ARMED)).toEqual({ signal: 'SIGKILL', status: null, said: '' });
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.hit`)).toBe(true);
    expect(pass(RECEIVED, ARMED)).toEqual(ALIVE);
  });

  it.each([
    ['another step', `'batch.committed', [{ type: 'wallet.debit' }]`],
    ['other messages', `'batch.received', [{ type: 'wallet.debit.reply' }]`],
    ['no message', `'batch.received', []`],
  ])('lets %s pass', (_what, passing) => {
    expect(pass(passing, ARMED)).toEqual(ALIVE);
    expect(existsSync(file)).toBe(true);
  });

  it('of what leaves the process lets that leave first', () => {
    writeFileSync(file, 'batch.acked wallet.debit\n');
    const acked = `'batch.acked', [{ type: 'wallet.debit' }]`;
    expect(pass(acked, ARMED)).toEqual({ signal: 'SIGKILL', status: null, said: 'alive, sent' });
  });

  it('of what leaves the process does not let the same work come to its next step', () => {
    writeFileSync(file, 'batch.published wallet.debit\n');
    const twice = `'batch.published', globalThis.batch = [{ type: 'wallet.debit' }]);
      writeSync(1, 'published, ');
      failpoint('batch.confirmed', [{ type: 'wallet.debit' }]);
      writeSync(1, 'others go on');
      failpoint('batch.confirmed', globalThis.batch`;
    expect(pass(twice, ARMED)).toEqual({ signal: 'SIGKILL', status: null, said: 'published, others go on' });
  });

  it('does not let production run with it', () => {
    const { status, said } = pass(RECEIVED, ARMED, { NODE_ENV: 'production' });
    expect({ status, said }).toEqual({ status: 1, said: '' });
  });
});
