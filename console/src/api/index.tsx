import type { Account, Jangteo } from '@jangteo/client';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { mayAs, Session, type Role, type Visitor } from './session.js';

export const session = new Session();

export const useVisitor = (): Visitor => useSyncExternalStore(session.subscribe, session.visitor);

export const ApiContext = createContext<Jangteo | undefined>(undefined);

/** The shop's API, as whoever is logged in. */
export function useApi(): Jangteo {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error('nobody has provided the API');
  return api;
}

export function useAccount(): Account {
  const visitor = useVisitor();
  if (!('account' in visitor)) throw new Error('nobody is logged in');
  return visitor.account;
}

/** Tells whether whoever looks may do what needs a role. What they may not is shown all the same, disabled. */
export const useMay = (needed: Role): boolean => mayAs(useAccount().role, needed);
