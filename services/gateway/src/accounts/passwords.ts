import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { TransientFailure } from '@jangteo/messaging';
import { CONFIG, FairQueue } from '@jangteo/service';
import { preparedPassword } from '../domain/password.js';
import type { GatewayConfig } from '../gateway.config.js';

const argon2Async = promisify(argon2);

/** OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const STORED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

type PasswordConfig = Pick<GatewayConfig, 'PASSWORD_HASHES_MAX' | 'PASSWORDS_WAITING_MAX'>;

interface Hashed {
  readonly cost: typeof COST;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** The usual text form (PHC) of a hash, which says how it was made. */
function textOf({ cost, salt, hash }: Hashed): string {
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}

function parsed(text: string): Hashed {
  const [, memory, passes, parallelism, salt = '', hash = ''] = STORED.exec(text) ?? [];
  if (hash === '') throw new Error('a stored password hash cannot be read');
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

async function derive(message: string, nonce: Buffer, cost: typeof COST, tagLength: number): Promise<Buffer> {
  const parameters: Argon2Parameters = { message, nonce, tagLength, ...cost };
  return await argon2Async('argon2id', parameters);
}

interface Waiting {
  go(): void;
  leave(): void;
}

/** Ranks in the order in which they are served; within each, networks take turns. */
const RANKS = ['known', 'login', 'registration'] as const;

/** The client on whose behalf a password is hashed, and how urgent that is. */
export interface Turn {
  /** Of the client, the narrowest first. */
  readonly networks: readonly string[];
  /** `known` is who logs in from where this account was seen before, or the gateway itself. */
  readonly rank: (typeof RANKS)[number];
}

/** For what the gateway itself asks. */
const OURSELVES: Turn = { networks: ['ourselves'], rank: 'known' };

/** The result of a check; `right as typed` is right, but the password was hashed before passwords were prepared. */
export type Verdict = 'right' | 'right as typed' | 'wrong';

/**
 * Hashes and checks passwords with Argon2id, off the event loop, a few at a time, the networks that ask for
 * it by turns: whoever sends many keeps nobody else from logging in.
 */
@Injectable()
export class Passwords implements OnModuleInit {
  readonly #waiting: FairQueue<Waiting>;
  #running = 0;
  #decoy = '';

  constructor(@Inject(CONFIG) private readonly config: PasswordConfig) {
    this.#waiting = new FairQueue(config.PASSWORDS_WAITING_MAX);
  }

  async onModuleInit(): Promise<void> {
    this.#decoy = await this.hash(randomBytes(SALT_BYTES).toString('base64'));
  }

  /** @throws TransientFailure when too many wait already */
  async hash(password: string, turn = OURSELVES): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const prepared = preparedPassword(password);
    const hash = await this.#inTurn(turn, () => derive(prepared, salt, COST, HASH_BYTES));
    return textOf({ cost: COST, salt, hash });
  }

  /**
   * Checks a password, in the same time whether or not there is a hash to check it against.
   *
   * @param stored what {@link hash} gave; `undefined` where nobody has such an account
   * @throws TransientFailure when too many wait already
   */
  async verify(password: string, stored: string | undefined, turn = OURSELVES): Promise<Verdict> {
    const { cost, salt, hash } = parsed(stored ?? this.#decoy);
    const isOf = async (text: string): Promise<boolean> => {
      const derived = await this.#inTurn(turn, () => derive(text, salt, cost, hash.length));
      return timingSafeEqual(derived, hash) && stored !== undefined;
    };
    const prepared = preparedPassword(password);
    if (await isOf(prepared)) return 'right';
    return prepared !== password && (await isOf(password)) ? 'right as typed' : 'wrong';
  }

  async #inTurn(turn: Turn, work: () => Promise<Buffer>): Promise<Buffer> {
    if (this.#running < this.config.PASSWORD_HASHES_MAX) this.#running += 1;
    else await this.#turn(turn);
    try {
      return await work();
    } finally {
      // The place goes straight to who waits, so that nobody slips in between.
      const next = this.#waiting.take();
      if (next === undefined) this.#running -= 1;
      else next.go();
    }
  }

  #turn({ networks, rank }: Turn): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(new TransientFailure('too many passwords to check'));
      const path = networks.toReversed();
      this.#waiting.add(path, { go: resolve, leave }, RANKS.indexOf(rank))?.leave();
    });
  }
}
