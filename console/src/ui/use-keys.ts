import { useEffect, useRef } from 'react';
import { listen, type Shortcut } from './keys.js';

/** Shortcuts for as long as a component is there; those that came last go first. */
export function useKeys(shortcuts: Readonly<Record<Shortcut, (event: KeyboardEvent) => void>>): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = Object.keys(shortcuts).join('|');
  useEffect(() => {
    const own = names.split('|').filter(Boolean);
    return listen(Object.fromEntries(own.map((name) => [name, (event) => latest.current[name]?.(event)])));
  }, [names]);
}
