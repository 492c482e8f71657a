import type { Granted } from './api.js';

/** Tokens of a session. */
export type Tokens = Pick<Granted, 'accessToken'> & Partial<Pick<Granted, 'refreshToken'>>;

/** Where a client keeps the tokens of its session, such as a file that several programs share. */
export interface TokenStore {
  read(): Promise<Tokens | undefined>;
  /** @param tokens undefined once there is no session any more */
  write(tokens: Tokens | undefined): Promise<void>;
}

/** Keeps them for as long as the program runs. */
export function tokensInMemory(first?: Tokens): TokenStore {
  let kept = first;
  return {
    read: () => Promise.resolve(kept),
    write: (tokens) => {
      kept = tokens;
      return Promise.resolve();
    },
  };
}
