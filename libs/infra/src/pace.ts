import { run } from './processes.js';
import { projectRoot } from './project.js';

/** Duration of the program below on the machine on which the tests' durations were chosen, beside one other suite. */
const USUAL_MS = 500;
const LOOKS = 3;
/** Beyond it tests would take too long. */
const SLOWNESS_MAX = 5;

/**
 * Looks how long a program takes to start and load its modules here, now.
 * @returns milliseconds of a machine at its usual speed as many as they are on this one: deadlines that a test sets for
 * something to end in time, since else a slow machine is taken for a broken shop
 */
export async function pace(): Promise<(ms: number) => number> {
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const began = performance.now();
    await run(process.execPath, ['--input-type=module', '--eval', `import '@nestjs/core'`], {
      cwd: projectRoot(),
      // What another process has compiled would make every machine look fast.
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    times.push(performance.now() - began);
  }
  const usual = times.toSorted((one, other) => one - other)[Math.floor(LOOKS / 2)] ?? USUAL_MS;
  const slowness = Math.min(Math.max(1, usual / USUAL_MS), SLOWNESS_MAX);
  return (ms) => Math.ceil(ms * slowness);
}
