import type { Service } from '@jangteo/tools';
import type { Arena } from '../places/arena.js';
import type { Dice } from '../dice.js';

/** A thing that an attack needs for itself: two attacks on the same thing would heal each other. */
export type Claim = Service | 'postgres' | 'broker' | 'clients';

/** One harm, decided in all its particulars before it begins. */
export interface Attack {
  readonly test: number;
  readonly name: string;
  /** Describes the harm and its target, for people. */
  readonly what: string;
  readonly claims: readonly Claim[];
  /** Does the harm, and heals it before it resolves, also when it is told to end early. */
  run(arena: Arena): Promise<void>;
}

/** A kind of harm. */
export interface Nemesis {
  /** Number of the fault test. */
  readonly test: number;
  readonly name: string;
  readonly about: string;
  /** The reason why it cannot be done on this machine; undefined where it can. */
  readonly hindrance?: () => string | undefined;
  /** Particulars by the dice alone, so that a seed says all; `lengthMsMax` bounds how long it may last. */
  plan(dice: Dice, lengthMsMax: number): Omit<Attack, 'test' | 'name'>;
}
