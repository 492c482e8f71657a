import { actionOf, keyOf, type Shortcut } from './key-names.js';

export type { Shortcut };

const CHORD_MS = 1_000;

const isIn = (target: EventTarget | null, what: string): boolean =>
  target instanceof HTMLElement && target.closest(what) !== null;

/** True where keys write text, or belong to what has the focus. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || isIn(target, 'input, select, textarea, dialog, [role=menu]');
}

const held = { first: '', at: 0 };
const stack: Map<Shortcut, (event: KeyboardEvent) => void>[] = [];
let areOn = true;

/** Some people's speech is taken for keys: they switch shortcuts off. */
export function switchKeys(on: boolean): void {
  areOn = on;
}

/** Keys pressed with others are no signs that anybody writes: they work in fields too, and with shortcuts off. */
function onModified(event: KeyboardEvent): void {
  const act = actionOf(stack, '', `Mod ${keyOf(event)}`);
  if (act === undefined || isIn(event.target, 'dialog')) return;
  event.preventDefault();
  act(event);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    onModified(event);
    return;
  }
  if (!areOn || isWriting(event.target)) return;
  // The focus may be nowhere for a moment: what is under a dialog does not hear.
  if (document.querySelector('dialog[open]') !== null && !isIn(event.target, 'dialog')) return;
  const key = keyOf(event);
  // Enter and Space are of the link or button that has the focus.
  if (isIn(event.target, 'a, button, summary') && (key === 'Enter' || key === ' ')) return;
  const act = actionOf(stack, event.timeStamp - held.at < CHORD_MS ? held.first : '', key);
  held.first = key;
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
