import { readFile } from 'node:fs/promises';
import { Jangteo } from '@jangteo/client';
import { localDir } from './paths.js';
import { localSecretsPath, type LocalSecrets } from './secrets.js';
import { localUrl, readSettings } from './settings.js';

export interface AdminAccess {
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/** What help says of `--url`. */
export const URL_ABOUT = 'the gateway: SHOP_URL, or where npm start of this folder has it';

/** What help says of the admin. */
export const accessHelp = `The admin is ADMIN_EMAIL with ADMIN_PASSWORD; where they are not set, the one that npm start made.`;

/**
 * Finds the address of the shop and its admin: as given, else as `npm start` uses them.
 * @param url as the user gave it, if at all
 * @throws Error when no password is to be found, or a variable does not fit
 */
export async function adminAccess(
  url: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<AdminAccess> {
  const { host, port, adminEmail, adminPassword } = readSettings(environment);
  const address = url ?? (environment.SHOP_URL || localUrl(host, port));
  if (!URL.canParse(address)) throw new Error(`${address} is no address of a shop`);
  return {
    url: address.replace(/\/+$/, ''),
    email: adminEmail,
    password: adminPassword ?? (await madePassword()),
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
 * @param staysLoggedIn for work that made a link to the console, which a logout would end
 * @throws JangteoError where the login is refused or nobody answers; and what the work throws
 */
export async function asAdmin<T>(
  { url, email, password }: AdminAccess,
  work: (shop: Jangteo) => Promise<T>,
  { staysLoggedIn = false } = {},
): Promise<T> {
  const shop = new Jangteo({ url });
  await shop.auth.login({ email, password });
  if (staysLoggedIn) return await work(shop);
  try {
    return await work(shop);
  } finally {
    // The work is done by now, and a shop that cannot be told forgets the session by itself.
    await shop.auth.logout().catch(() => undefined);
  }
}
