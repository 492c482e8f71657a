import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export type Address = Readonly<Record<string, string>>;

/**
 * The state of a screen as its address has it, so that a bookmark is a saved view. What is changed to '' or undefined
 * is left out; `isNew` makes a step back of it.
 */
export function useAddress(): readonly [
  Address,
  (change: Readonly<Record<string, string | undefined>>, isNew?: boolean) => void,
] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const address = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search]);
  const change = useCallback(
    (changed: Readonly<Record<string, string | undefined>>, isNew = false) => {
      // As it is at this moment: two changes of one moment are both made.
      const params = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changed)) {
        if (value === undefined || value === '') params.delete(name);
        else params.set(name, value);
      }
      const query = params.toString();
      navigate(query === '' ? path : `${path}?${query}`, { replace: !isNew });
    },
    [path, navigate],
  );
  return [address, change];
}
