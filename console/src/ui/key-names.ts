/** A key as it is written in shortcuts: a letter, `Enter`, `?`, one after the other such as `g o`, or `Mod k`. */
export type Shortcut = string;

/** Where the signs of shortcuts are on a keyboard, without and with Shift: layouts of other scripts have others there. */
const SIGNS: Readonly<Record<string, readonly [plain: string, shifted: string]>> = {
  Slash: ['/', '?'],
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
};

/** What a key is called in shortcuts: by what it writes, or by where it is where that is of another script (ㅎ for g). */
export function keyOf({ key, code, shiftKey }: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string {
  const isOfScript = key > '\u007f';
  if (!isOfScript && key !== 'Process') return key;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shiftKey ? letter : letter.toLowerCase();
  return SIGNS[code]?.[shiftKey ? 1 : 0] ?? key;
}

/**
 * What a key does: whoever came last goes first, but two keys one after the other mean more than the second alone.
 * @param before the key that was pressed just before and did nothing; empty for none
 */
export function actionOf<Action>(
  stack: readonly ReadonlyMap<Shortcut, Action>[],
  before: string,
  key: string,
): Action | undefined {
  const names = before === '' ? [key] : [`${before} ${key}`, key];
  for (const name of names) {
    const its = stack.findLast((map) => map.has(name));
    if (its !== undefined) return its.get(name);
  }
  return undefined;
}
