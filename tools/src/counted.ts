import type { TestCount } from './test-run.js';

function failure(error: unknown, { aborted }: AbortSignal): TestCount {
  console.error(aborted ? 'Interrupted' : error);
  // .ci/run tells lines that begin so again at its end. What a program says last is why it failed.
  const told = String(error).replaceAll(/\s*\n\s*/g, ' | ');
  const short = told.length > 2_000 ? `${told.slice(0, 400)} […] ${told.slice(-1_600)}` : told;
  if (!aborted) console.log(`FAILED trial: ${short}`);
  return { passed: 0, failed: 1 };
}

/**
 * Tries something whose last line is `N passed, N failed`, whatever becomes of it.
 * @returns whether all was well
 */
export async function counted(interruption: AbortSignal, work: () => Promise<TestCount>): Promise<boolean> {
  const { passed, failed } = await work().catch((error: unknown) => failure(error, interruption));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}
