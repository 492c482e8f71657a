const OTHER_SPACES = /\p{Zs}/gu;
const CONTROL = /\p{Cc}/u;

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 128;

/**
 * A password as it is hashed, by RFC 8265 (OpaqueString): however a keyboard composes its characters, and whichever
 * of the spaces it types, it is the same password.
 */
export function preparedPassword(password: string): string {
  return password.replaceAll(OTHER_SPACES, ' ').normalize('NFC');
}

const lengthOf = (text: string): number => Array.from(text).length;

/** Accepts whatever is short enough to be somebody's password. */
export function mayBePassword(password: string): boolean {
  return lengthOf(preparedPassword(password)) <= PASSWORD_LENGTH_MAX;
}

/** Finds the reason for which nobody can choose a password; `undefined` when there is none. */
export function flawOf(password: string): string | undefined {
  const prepared = preparedPassword(password);
  const length = lengthOf(prepared);
  if (length < PASSWORD_LENGTH_MIN) return `must have at least ${PASSWORD_LENGTH_MIN} characters`;
  if (length > PASSWORD_LENGTH_MAX) return `must have at most ${PASSWORD_LENGTH_MAX} characters`;
  return CONTROL.test(prepared) ? 'must not contain control characters' : undefined;
}

const folded = (text: string): string => preparedPassword(text).trim().toLowerCase();

/** Recognises a password that is a detail anybody knows of its owner: the e-mail, a part of it, or the name. */
export function isOwnersDetail(password: string, owner: { email: string; name: string }): boolean {
  const { email, name } = owner;
  const [local = '', domain = ''] = email.split('@');
  const details = [email, local, domain, name, name.replaceAll(/\s/gu, '')];
  return details.map(folded).includes(folded(password));
}
