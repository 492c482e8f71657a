import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';
import { giveToFolderOwner } from './folder-owner.js';

const rotateAboveBytes = 10 * 1024 * 1024;

/** Opens a log file to append to; one that has grown beyond 10 MiB is first set aside as `<path>.1`. */
export async function openLog(path: string): Promise<FileHandle> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > rotateAboveBytes) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  await giveToFolderOwner(path);
  return file;
}

/** The last lines of a log file, or of what follows one of its bytes; empty where there is no file. */
export async function lastLines(path: string, { count = 20, fromByte = 0 } = {}): Promise<string> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  return content.subarray(fromByte).toString().trimEnd().split('\n').slice(-count).join('\n');
}
