import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc a second: fixed at 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;
const KIB = 1_024;

/** Use of processor and memory by a program and everything that it started. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

function rowOf(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name stands in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Own time and that of children which have ended: sessions of PostgreSQL come and go.
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return { pid, parent: Number(fields[1]), cpuSeconds: ticks / TICKS_A_SECOND };
  } catch {
    return undefined;
  }
}

function field(pid: number, file: string, name: string): number | undefined {
  try {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${pid}/${file}`, 'latin1'),
    );
    return match === null ? undefined : Number(match[1]) * KIB;
  } catch {
    return undefined;
  }
}

/**
 * Memory of one process. Where processes share pages (PostgreSQL's buffers), each counts its share alone, so
 * that a sum is what they hold together.
 */
function memoryOf(pid: number, isShared: boolean): number {
  const share = isShared ? field(pid, 'smaps_rollup', 'Pss') : undefined;
  return share ?? field(pid, 'status', 'VmRSS') ?? 0;
}

function descendants(rows: readonly ProcessRow[], root: number): ProcessRow[] {
  const found = rows.filter(({ pid }) => pid === root);
  for (const row of found) found.push(...rows.filter(({ parent }) => parent === row.pid));
  return found;
}

/** Busy time of all cores of the machine since it started, in seconds; undefined without /proc. */
export function machineCpuSeconds(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? '';
  // user, nice, system, idle, iowait, irq, softirq, steal: all but the two of waiting.
  const ticks = line.split(' ').map(Number);
  const busy = [0, 1, 2, 5, 6, 7].reduce((sum, index) => sum + (ticks[index] ?? 0), 0);
  return busy / TICKS_A_SECOND;
}

/**
 * Measures what programs use, each with all that it started; `undefined` for all of them on systems without /proc.
 *
 * @param programs process ids by name; several of one name are added up
 */
export function usageOf(programs: ReadonlyMap<string, readonly number[]>): Map<string, Usage> | undefined {
  if (process.platform !== 'linux') return undefined;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const rows = pids.map((pid) => rowOf(Number(pid))).filter((row) => row !== undefined);
  const usages = [...programs].map(([name, roots]) => {
    const family = roots.flatMap((root) => descendants(rows, root));
    const usage = {
      cpuSeconds: family.reduce((sum, row) => sum + row.cpuSeconds, 0),
      memoryBytes: family.reduce((sum, { pid }) => sum + memoryOf(pid, family.length > roots.length), 0),
    };
    return [name, usage] as const;
  });
  return new Map(usages);
}
