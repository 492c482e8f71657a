import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asAdmin } from '../admin.js';
import { Stack } from '../stack/stack.js';
import { makeTestDir, removeTestDir } from '../test-run.js';
import { localDir } from '../paths.js';
import { mkdir } from 'node:fs/promises';

/** A shop of our own for tools that others wrote, with the folder for what they make. */
export interface GuestShop {
  readonly url: string;
  readonly admin: { readonly url: string; readonly email: string; readonly password: string };
  readonly dir: string;
  /** Folder that is kept from run to run. */
  readonly cache: string;
}

/** Starts a shop, does something with it, and takes it away again. */
export async function inGuestShop<R>(
  report: (line: string) => void,
  signal: AbortSignal,
  visit: (shop: GuestShop) => Promise<R>,
): Promise<R> {
  const dir = await makeTestDir();
  let stack: Stack | undefined;
  try {
    stack = await Stack.start({ dir, report, signal });
    const cache = join(localDir, 'clients');
    await mkdir(cache, { recursive: true });
    const url = stack.urls[0]!;
    const admin = { url, email: stack.adminEmail, password: stack.secrets.adminPassword };
    const answer = await fetch(`${url}/openapi.json`);
    await writeFile(join(dir, 'openapi.json'), await answer.text());
    return await visit({ url, admin, dir, cache });
  } finally {
    await stack?.stop();
    await removeTestDir(dir);
  }
}

/** A product whose price needs more than 32 bits. */
export async function makeDearProduct({ admin }: GuestShop): Promise<string> {
  const draft = { name: 'Celadon vase', price: 3_000_000_000, stock: 40 };
  return await asAdmin(admin, async (shop) => (await shop.products.create(draft)).productId);
}

/** An access token of the admin. */
export async function adminToken({ url, admin: { email, password } }: GuestShop): Promise<string> {
  const answer = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}
