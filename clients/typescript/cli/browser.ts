import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** What opens an address in the browser that somebody uses, by platform. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
const USUAL = ['xdg-open'] as const;

/** An opener that goes on for longer has become the browser itself. */
const PATIENCE_MS = 3_000;

/** Opens an address in a browser. @returns false where this machine has none, or does not say how */
export async function hasOpened(address: string): Promise<boolean> {
  const [program, ...before] = OPENERS[process.platform] ?? USUAL;
  const opener = spawn(program, [...before, address], { stdio: 'ignore', detached: true });
  const patience = new AbortController();
  try {
    const ended = once(opener, 'exit').then(([code]) => code === 0);
    const goesOn = pause(PATIENCE_MS, true, { signal: patience.signal });
    return await Promise.race([ended, goesOn]);
  } catch {
    return false;
  } finally {
    patience.abort();
    opener.unref();
  }
}
