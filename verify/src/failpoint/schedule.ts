import { Dice } from '../dice.js';
import type { Attack, Nemesis } from './nemesis.js';

/** Chance that two faults come at once, where there is more than one kind. */
const TWO_AT_ONCE = 0.3;
const CALM_MS_MAX = 3_000;

/** Faults that begin together, and the calm after them. */
export interface Round {
  readonly attacks: readonly Attack[];
  readonly calmMs: number;
}

function collide(one: Attack, other: Attack): boolean {
  return one.claims.some((claim) => other.claims.includes(claim));
}

/**
 * Draws rounds without end. They follow from seed, kinds and the longest length alone, never from
 * what happens meanwhile: so the same seed does the same again.
 */
export function* roundsOf(
  seed: number,
  nemeses: readonly Nemesis[],
  lengthMsMax: number,
): Generator<Round, never> {
  const dice = new Dice(seed);
  let bag: Nemesis[] = [];
  const draw = (): Attack => {
    // From a bag that is emptied before it is filled again: in a short run each kind has its turn.
    if (bag.length === 0) bag = dice.some(nemeses, nemeses.length);
    const nemesis = bag.pop() as Nemesis;
    return { test: nemesis.test, name: nemesis.name, ...nemesis.plan(dice.fork(), lengthMsMax) };
  };
  for (;;) {
    const attacks = [draw()];
    if (nemeses.length > 1 && dice.chance(TWO_AT_ONCE)) {
      const second = draw();
      if (!attacks.some((attack) => collide(attack, second))) attacks.push(second);
      else {
        yield { attacks: [second], calmMs: dice.whole(0, CALM_MS_MAX) };
      }
    }
    yield { attacks, calmMs: dice.whole(0, CALM_MS_MAX) };
  }
}
