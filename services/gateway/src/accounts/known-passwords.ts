import { dictionary } from '@zxcvbn-ts/language-common';
import { PASSWORD_LENGTH_MIN, preparedPassword } from '../domain/password.js';
import { newPassword } from '../openapi/schemas.js';

const ONE_CHARACTER = /^(.)\1*$/u;

let known: ReadonlySet<string> | undefined;

/** Recognises a password that is among those found most often in stolen lists, whatever the case of its letters. */
export function isKnownPassword(password: string): boolean {
  known ??= new Set(
    dictionary['passwords-common'].map(String).filter((text) => text.length >= PASSWORD_LENGTH_MIN),
  );
  const prepared = preparedPassword(password).toLowerCase();
  return known.has(prepared) || ONE_CHARACTER.test(prepared);
}

/** A new password that is none of them. */
export const chosenPassword = newPassword.refine((password) => !isKnownPassword(password), {
  message: 'is one of those that everybody tries first',
});
