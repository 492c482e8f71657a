import { useEffect, useSyncExternalStore } from 'react';

/** How many menus, dialogs and selections there are now: while there are any, nothing moves under the hand. */
let holds = 0;
const listeners = new Set<() => void>();

function change(by: number): void {
  holds += by;
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useIsHeld = (): boolean => useSyncExternalStore(subscribe, () => holds > 0);

/** Holds what refreshes by itself, as long as something is being chosen. */
export function useHold(isChoosing: boolean): void {
  useEffect(() => {
    if (!isChoosing) return undefined;
    change(1);
    return () => change(-1);
  }, [isChoosing]);
}
