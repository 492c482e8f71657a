import type { ChildProcess } from 'node:child_process';

/** A shop that a test file has left, in nothing that belongs to that file. */
export interface LeftShop {
  readonly text: string;
  readonly children: readonly (ChildProcess | undefined)[];
}

/** The process that runs one test file after the other, as jest-environment.mjs lets each of them see it. */
export interface TestProcess {
  /** The path of the file that runs now. */
  readonly file: string;
  /** Gives away the shop that the last file has left. */
  takeShop(): LeftShop | undefined;
  /** Keeps one shop for a later file. */
  leaveShop(text: string, children: Iterable<ChildProcess | undefined>): void;
  /** Takes what a service has written, and shows it where a test of this file failed. */
  note(service: string, log: string): void;
}

/** Undefined where tests are run by something else. */
export const testProcess = (globalThis as { readonly testProcess?: TestProcess }).testProcess;

const LINES = 30;

/** Notes the last warnings and errors of a service for the case that a test has failed. */
export function noteLog(service: string, log: string): void {
  const lines = log.split('\n').filter((line) => line !== '' && !/"level":"(debug|info)"/.test(line));
  if (lines.length > 0) testProcess?.note(service, lines.slice(-LINES).join('\n'));
}
