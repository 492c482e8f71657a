import { fstatSync, ftruncateSync } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PlatformRecord } from '../domain/data-platform.js';
import type { PlatformSink } from './sink.js';

const NEWLINE = '\n'.charCodeAt(0);
const CHUNK_BYTES = 64 * 1024;

/** Finds the end of the last complete line in the first `size` bytes: behind its newline, or at 0. */
async function endOfLines(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return 0;
}

/**
 * Cuts off a torn line. Both calls are made at once, since a process that is held up in between would cut off what
 * another leader has written meanwhile, and was confirmed for.
 */
function cutTornLine({ fd }: FileHandle, end: number, size: number): void {
  if (fstatSync(fd).size !== size) throw new Error('somebody else is writing');
  ftruncateSync(fd, end);
}

/** A new file's name is safe only once its folder is. */
async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Appends records to a file, one JSON object a line. The file is opened for each batch, so that it may be moved
 * away between two. A line that a crash tore was never confirmed: it is cut off, and its record comes again.
 */
export class FileSink implements PlatformSink {
  readonly kind = 'file';

  constructor(readonly target: string) {}

  async send(records: readonly PlatformRecord[], signal: AbortSignal): Promise<void> {
    await mkdir(dirname(this.target), { recursive: true });
    const file = await open(this.target, 'a+', 0o600);
    let end: number;
    try {
      const { size } = await file.stat();
      end = await endOfLines(file, size);
      // A process that was held up may not lead any more: what another one is writing is not its to cut or mix.
      signal.throwIfAborted();
      if (end < size) cutTornLine(file, end, size);
      await file.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''), { signal });
      await file.sync();
    } finally {
      await file.close();
    }
    if (end === 0) await syncFolderOf(this.target);
  }

  async close(): Promise<void> {}
}
