/** A key as it is written in shortcuts: a letter, `Enter`, `?`, or one after the other, such as `g o`. */
export type Shortcut = string;

const CHORD_MS = 1_000;

/** True where keys write text, or belong to what has the focus. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, select, textarea, dialog, [role=menu]') !== null;
}

const held = { first: '', at: 0 };
const stack: Map<Shortcut, (event: KeyboardEvent) => void>[] = [];
let areOn = true;

/** Some people's speech is taken for keys: they switch shortcuts off. */
export function switchKeys(on: boolean): void {
  areOn = on;
}

function onKeyDown(event: KeyboardEvent): void {
  if (!areOn || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWriting(event.target)) return;
  // Enter and Space are of the link or button that has the focus.
  const onControl =
    event.target instanceof HTMLElement && event.target.closest('a, button, summary') !== null;
  if (onControl && (event.key === 'Enter' || event.key === ' ')) return;
  const chord = event.timeStamp - held.at < CHORD_MS ? `${held.first} ${event.key}` : '';
  const act = [...stack].reverse().flatMap((map) => map.get(chord) ?? map.get(event.key) ?? [])[0];
  held.first = event.key;
  held.at = act === undefined ? event.timeStamp : 0;
  if (act === undefined) return;
  event.preventDefault();
  act(event);
}

/** @returns what takes them away again */
export function listen(shortcuts: Readonly<Record<Shortcut, (event: KeyboardEvent) => void>>): () => void {
  if (stack.length === 0) document.addEventListener('keydown', onKeyDown);
  const own = new Map(Object.entries(shortcuts));
  stack.push(own);
  return () => {
    stack.splice(stack.indexOf(own), 1);
    if (stack.length === 0) document.removeEventListener('keydown', onKeyDown);
  };
}
