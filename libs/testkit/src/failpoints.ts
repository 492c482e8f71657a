import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { FailpointName } from '@jangteo/messaging';

/** A place in the code, and the type of the message with which a process dies there. */
export interface Failpoint {
  readonly name: FailpointName;
  readonly type: string;
}

/** Node's argument by which a process has failpoints at all. */
export const FAILPOINTS_ARGUMENT = '--conditions=failpoints';

/** Says where a process, and whoever takes its place, is to die next; see `failpoints.armed.ts`. */
export class FailpointFile {
  constructor(private readonly path: string) {}

  /** For the process. */
  get environment(): Record<string, string> {
    return { FAILPOINT_FILE: this.path };
  }

  async arm({ name, type }: Failpoint): Promise<void> {
    await this.disarm();
    // Under its name at once and whole: the process may look at any time.
    await writeFile(`${this.path}.new`, `${name} ${type}\n`);
    await rename(`${this.path}.new`, this.path);
  }

  /** True once the process has died of what was armed last. */
  get isHit(): boolean {
    return existsSync(`${this.path}.hit`);
  }

  async disarm(): Promise<void> {
    await Promise.all([this.path, `${this.path}.hit`].map((path) => rm(path, { force: true })));
  }
}
