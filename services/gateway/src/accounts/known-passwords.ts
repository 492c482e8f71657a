import { dictionary } from '@zxcvbn-ts/language-common';
import { PASSWORD_LENGTH_MIN, preparedPassword } from '../domain/password.js';

const ONE_CHARACTER = /^(.)\1*$/u;

let known: ReadonlySet<string> | undefined;

/** Whether a password is among those that were found most often in stolen lists, whatever their letters' case. */
export function isKnownPassword(password: string): boolean {
  known ??= new Set(
    dictionary['passwords-common'].map(String).filter((text) => text.length >= PASSWORD_LENGTH_MIN),
  );
  const prepared = preparedPassword(password).toLowerCase();
  return known.has(prepared) || ONE_CHARACTER.test(prepared);
}
