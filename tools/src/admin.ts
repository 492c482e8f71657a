import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Jangteo } from '@jangteo/client';
import { projectRoot } from '@jangteo/infra';
import { localDir } from './paths.js';
import { runningShop, type ShopPlace } from './run-file.js';
import { localSecretsPath, type LocalSecrets } from './secrets.js';
import { localUrl, readSettings } from './settings.js';

export interface AdminAccess {
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/** What help says of `--url`. */
export const URL_ABOUT =
  'the gateway: SHOP_URL, or where npm start of this folder has it, or docker compose by .env';

/** What help says of the admin. */
export const accessHelp = `The admin is ADMIN_EMAIL with ADMIN_PASSWORD; where they are not set, the one that npm start made, or, where no shop is named,\nthat of .env.`;

type Variables = Readonly<Record<string, string | undefined>>;

/** What is known of where a shop may be. */
export interface Clues {
  /** As the user gave it, if at all. */
  readonly url?: string | undefined;
  readonly environment: Variables;
  /** The one that `npm start` of this folder keeps running now. */
  readonly running?: ShopPlace | undefined;
  /** Of docker compose. */
  readonly dotEnv?: Variables | undefined;
}

/**
 * Decides which shop is meant, and who its admin is. A port that nobody has named may be anybody's by now, and would be
 * told a password: so none is guessed.
 * @returns without a password where `npm start` has made it
 * @throws Error where nothing says which shop is meant, or a variable does not fit
 */
export function placeOf({ url, environment, running, dotEnv }: Clues): {
  readonly url: string;
  readonly email: string;
  readonly password: string | undefined;
} {
  const { host, port, adminEmail, adminPassword: password } = readSettings({ ...environment });
  const named = url ?? (environment.SHOP_URL || undefined);
  const email = environment.ADMIN_EMAIL || running?.adminEmail || adminEmail;
  if (named !== undefined) return { url: named, email, password };
  if (running !== undefined) return { url: running.url, email, password };
  if (environment.PORT || environment.HTTP_HOST) return { url: localUrl(host, port), email, password };
  if (dotEnv === undefined) {
    throw new Error(
      'Which shop? npm start does not run in this folder, nor is there a .env of docker compose. ' +
        'Name it by --url, SHOP_URL or PORT.',
    );
  }
  const published = (name: string): string | undefined => environment[name] || dotEnv[name] || undefined;
  return {
    url: localUrl(published('GATEWAY_HOST') ?? '127.0.0.1', Number(published('GATEWAY_PORT') ?? 3000)),
    email: environment.ADMIN_EMAIL || dotEnv.ADMIN_EMAIL || adminEmail,
    password: password ?? (dotEnv.ADMIN_PASSWORD || undefined),
  };
}

/**
 * Finds the address of the shop and its admin.
 * @param url as the user gave it, if at all
 * @throws Error when no shop or no password is to be found, or a variable does not fit
 */
export async function adminAccess(
  url: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<AdminAccess> {
  const dotEnv = await readFile(join(projectRoot(), '.env'), 'utf8').then(parseEnv, () => undefined);
  const place = placeOf({ url, environment, running: await runningShop(), dotEnv });
  if (!URL.canParse(place.url)) throw new Error(`${place.url} is no address of a shop`);
  return {
    url: place.url.replace(/\/+$/, ''),
    email: place.email,
    password: place.password ?? (await madePassword()),
  };
}

async function madePassword(): Promise<string> {
  const text = await readFile(localSecretsPath, 'utf8').catch(() => undefined);
  const password = text && (JSON.parse(text) as Partial<LocalSecrets>).adminPassword;
  if (password) return password;
  throw new Error(`ADMIN_PASSWORD is not set, and npm start has made none in ${localDir}`);
}

/**
 * Logs in for as long as the work takes, and out however it ends: a session that nobody ends is kept for a month.
 * @param work is given what logs out, for where it ends the program by itself
 * @param staysLoggedIn for work that made a link to the console, which a logout would end
 * @throws JangteoError where the login is refused or nobody answers; and what the work throws
 */
export async function asAdmin<T>(
  { url, email, password }: AdminAccess,
  work: (shop: Jangteo, logOut: () => Promise<unknown>) => Promise<T>,
  { staysLoggedIn = false } = {},
): Promise<T> {
  const shop = new Jangteo({ url });
  await shop.auth.login({ email, password });
  let ended: Promise<unknown> | undefined = staysLoggedIn ? Promise.resolve() : undefined;
  // The work is done by then, and a shop that cannot be told forgets the session by itself.
  const logOut = (): Promise<unknown> => (ended ??= shop.auth.logout().catch(() => undefined));
  try {
    return await work(shop, logOut);
  } finally {
    await logOut();
  }
}
