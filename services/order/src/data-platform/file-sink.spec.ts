import { appendFileSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileSink } from './file-sink.js';
import type { PlatformRecord } from '../domain/data-platform.js';

const inTime = new AbortController().signal;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jangteo-sink-'));
  path = join(folder, 'new', 'records.ndjson');
});
afterEach(() => rm(folder, { recursive: true }));

const records = (...sequences: number[]): PlatformRecord[] =>
  sequences.map((sequence) => ({ sequence, name: `Tea\ncup ${sequence}` }) as unknown as PlatformRecord);

const linesOf = (...of: number[]): string =>
  records(...of)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');

/** Stands for a process that is stopped between reading the file and writing to it, and goes on too late to know. */
function stalledWhile(others: () => void): AbortSignal {
  const { signal } = new AbortController();
  signal.throwIfAborted = others;
  return signal;
}

async function sequences(): Promise<number[]> {
  const text = await readFile(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as PlatformRecord).sequence);
}

describe('the file of records', () => {
  it('has one a line, in order, is made with its folder, and is for its owner only', async () => {
    const sink = new FileSink(path);
    await sink.send(records(1, 2), inTime);
    await sink.send(records(3), inTime);
    expect(await sequences()).toEqual([1, 2, 3]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['in the middle of a line', '{"sequence":3,"na'],
    ['within a line longer than one read', `{"sequence":3,"name":"${'x'.repeat(200_000)}`],
    ['between a line and its newline', '{"sequence":3}'],
  ])('loses what a crash tore %s, and nothing else', async (_case, torn) => {
    await new FileSink(path).send(records(1, 2), inTime);
    await appendFile(path, torn);
    await new FileSink(path).send(records(3, 4), inTime);
    expect(await sequences()).toEqual([1, 2, 3, 4]);
  });

  it('begins anew where its very first line was torn', async () => {
    await mkdir(join(folder, 'new'));
    await appendFile(path, '{"sequ');
    await new FileSink(path).send(records(1), inTime);
    expect(await sequences()).toEqual([1]);
  });

  it('may be moved away between two batches', async () => {
    const sink = new FileSink(path);
    await sink.send(records(1), inTime);
    await rename(path, `${path}.1`);
    await sink.send(records(2), inTime);
    expect(await sequences()).toEqual([2]);
  });

  it('is left as it is by a process that comes too late: another one may be writing by now', async () => {
    const sink = new FileSink(path);
    await sink.send(records(1), inTime);
    await appendFile(path, '{"sequence":2,"na');
    await expect(sink.send(records(1), AbortSignal.abort())).rejects.toThrow('aborted');
    expect(await readFile(path, 'utf8')).toMatch(/^.+\n\{"sequence":2,"na$/);
  });

  it('keeps what another leader wrote while this process was stopped: it was confirmed', async () => {
    await new FileSink(path).send(records(1), inTime);
    const stalled = stalledWhile(() => appendFileSync(path, linesOf(2, 3)));
    await new FileSink(path).send(records(2), stalled);
    expect(await sequences()).toEqual([1, 2, 3, 2]);
  });

  it('keeps it where there was a torn line, too, which the other one has cut off', async () => {
    await new FileSink(path).send(records(1), inTime);
    await appendFile(path, '{"sequence":2,"na');
    const stalled = stalledWhile(() => writeFileSync(path, linesOf(1, 2, 3)));
    await expect(new FileSink(path).send(records(2), stalled)).rejects.toThrow('somebody else');
    expect(await sequences()).toEqual([1, 2, 3]);
  });

  it('fails where it cannot be written', async () => {
    await appendFile(join(folder, 'new'), 'not a folder');
    await expect(new FileSink(path).send(records(1), inTime)).rejects.toThrow('EEXIST');
  });
});
