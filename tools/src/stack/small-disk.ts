import { spawnSync } from 'node:child_process';
import { mkdir, readFile, statfs } from 'node:fs/promises';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@jangteo/infra';

/** More than a server ever needs here; what is not used takes no memory. */
const SIZE_MIB = 3_072;
const MIB = 1_048_576;

/** The reason why no disk of our own can be made here; undefined where it can. Tries it. */
export function smallDiskHindrance(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root may mount a disk of its own';
  const place = mkdtempSync(join(tmpdir(), 'disk-'));
  const { status, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]);
  if (status === 0) spawnSync('umount', [place]);
  rmdirSync(place);
  return status === 0
    ? undefined
    : `no disk can be mounted${error === undefined ? '' : `: ${error.message}`}`;
}

/** A disk in memory that can be made as small as what is on it: full at once, and roomy again. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  static async mount(path: string): Promise<SmallDisk> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m,mode=700`, 'tmpfs', path]);
    return new SmallDisk(path);
  }

  /** Leaves so much room and no more. */
  async fill(leftMib: number): Promise<void> {
    const { blocks, bfree, bsize } = await statfs(this.path);
    const usedMib = ((blocks - bfree) * bsize) / MIB;
    await this.#resize(Math.ceil(usedMib) + leftMib);
  }

  async empty(): Promise<void> {
    await this.#resize(SIZE_MIB);
  }

  async #resize(mib: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${mib}m`, this.path]);
  }
}

/** Takes away every disk that was mounted in a folder. @returns whether there was any */
export async function unmountBelow(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const mounts = await readFile('/proc/mounts', 'utf8');
  const paths = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  const found = paths.filter((path) => path.startsWith(`${folder}/`));
  for (const path of found) await run('umount', [path]);
  return found.length > 0;
}
