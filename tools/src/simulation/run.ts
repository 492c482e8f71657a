import type { Product } from './product.js';
import { Random } from './random.js';
import { checkPromises, checkTombstones } from './invariants.js';
import { scenarioOf, type Scenario } from './scenario.js';
import { nextStep, perform, weatherOf, type Step } from './steps.js';
import { Violation } from './violation.js';
import { World } from './world.js';

/** The events of a shop, and all that is needed to let them happen again. */
export interface History {
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
}

const STEPS_MIN = 20;
const STEPS_SPREAD = 80;

/** The violation, if any: a promise that was broken, or whatever was thrown. */
function violationIn(happens: () => void): Violation | undefined {
  try {
    happens();
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error;
    return new Violation('nothing throws', String(error));
  }
}

function end(world: World): void {
  world.settle();
  checkPromises(world);
  world.repeatEverything();
  checkPromises(world);
  checkTombstones(world);
}

export interface Run {
  readonly world: World;
  readonly history: History;
  readonly violation: Violation | undefined;
}

/** Lets a shop live through what a seed brings, and checks every promise at the end. */
export function runSeed(seed: number, product: Product): Run {
  const random = new Random(seed);
  const scenario = scenarioOf(random);
  const weather = weatherOf(random);
  const length = STEPS_MIN + random.below(STEPS_SPREAD);
  const world = new World(scenario, product);
  const steps: Step[] = [];
  const violation = violationIn(() => {
    for (let count = 0; count < length; count += 1) {
      const step = nextStep(random, weather, world);
      if (step === undefined) continue;
      steps.push(step);
      perform(world, step);
    }
    end(world);
  });
  return { world, history: { scenario, steps }, violation };
}

/**
 * Lets the same happen again.
 *
 * @param log is told of each thing that happens
 */
export function replay(
  { scenario, steps }: History,
  product: Product,
  log?: (line: string) => void,
): Violation | undefined {
  const world = new World(scenario, product, log);
  return violationIn(() => {
    for (const step of steps) perform(world, step);
    end(world);
  });
}
