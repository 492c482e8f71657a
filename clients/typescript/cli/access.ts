import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Jangteo, type Tokens, type TokenStore } from '../src/index.js';
import { UsageError } from './command.js';

const DEFAULT_URL = 'http://localhost:3000';

/** The file of sessions: tokens by the address of their shop, which no other one is told. */
interface Kept {
  /** Where the last login was. */
  readonly url?: string;
  readonly sessions?: Readonly<Record<string, Tokens>>;
}

/** `$XDG_CONFIG_HOME/jangteo/sessions.json`, for its owner alone. */
export function sessionsPath(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'jangteo', 'sessions.json');
}

async function readKept(path: string): Promise<Kept> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Kept;
}

/** Written beside and renamed: whoever reads meanwhile finds all of it. */
async function writeKept(path: string, kept: Kept): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  await rename(beside, path);
}

/** @param isChosen true if its shop becomes the one that is meant where none is named */
function tokensInFile(path: string, url: string, isChosen: boolean): TokenStore {
  return {
    read: async () => (await readKept(path)).sessions?.[url],
    write: async (tokens) => {
      const { sessions = {}, ...kept } = await readKept(path);
      const { [url]: _, ...others } = sessions;
      if (tokens === undefined) return await writeKept(path, { ...kept, sessions: others });
      const { accessToken, refreshToken } = tokens;
      await writeKept(path, {
        ...kept,
        ...(isChosen && { url }),
        sessions: { ...others, [url]: { accessToken, refreshToken } },
      });
    },
  };
}

/**
 * The shop that is meant, as whoever is meant: with JANGTEO_API_KEY, or in the session of the last login there.
 *
 * @param url as the user gave it, if at all
 * @param isLogin true if a session that begins makes this shop the one that is meant where none is named
 * @throws UsageError for what is no address, and for a key without the shop that it is for
 */
export async function shopOf(
  url: string | undefined,
  environment: NodeJS.ProcessEnv,
  isLogin = false,
): Promise<{ readonly shop: Jangteo; readonly url: string }> {
  const path = sessionsPath(environment);
  const apiKey = environment.JANGTEO_API_KEY;
  const named = url ?? (environment.JANGTEO_URL || undefined);
  if (apiKey && named === undefined)
    throw new UsageError('JANGTEO_API_KEY needs JANGTEO_URL or --url: a key is for one shop');
  const chosen = named ?? (await readKept(path)).url ?? DEFAULT_URL;
  if (!/^https?:/.test(chosen) || !URL.canParse(chosen))
    throw new UsageError(`${chosen} is no address of a shop`);
  const address = chosen.replace(/\/+$/, '');
  const shop = new Jangteo({
    url: address,
    ...(apiKey ? { apiKey } : { tokens: tokensInFile(path, address, isLogin) }),
  });
  return { shop, url: address };
}
