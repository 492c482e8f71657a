import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { giveToFolderOwner } from './folder-owner.js';

/** A password of 192 random bits that needs no escaping in a URL, a shell or a configuration file. */
export function randomPassword(): string {
  return randomBytes(24).toString('base64url').replaceAll('-', 'x').replaceAll('_', 'y');
}

/** Reads a secret from a file that only its owner can read, making both at the first call. */
export async function secretFile(path: string, make: () => string = randomPassword): Promise<string> {
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found !== '') return found;
  const secret = make();
  await writePrivate(path, secret);
  return secret;
}

/**
 * Replaces a file as a whole, readable by its owner only: a crash leaves the old one or the new one. What root writes
 * belongs to whoever has the folder, and can be read by them.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await giveToFolderOwner(`${path}.new`);
  await rename(`${path}.new`, path);
}
