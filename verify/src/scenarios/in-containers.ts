import { counted, report, versionsLine, type TestCount } from '@jangteo/tools';
import { Dice } from '../dice.js';
import { Trial } from '../failpoint/trial.js';
import { ComposeProject, type Release } from '../places/compose-project.js';
import { tryPlace } from '../places/place.js';
import { harmTable } from '../report/harms.js';
import { countOf, invariantLines, type Invariant } from '../report/invariants.js';
import { Load } from '../traffic/load.js';
import { containersInvariant } from '../validate/container-health.js';
import { deprecationInvariant } from '../validate/deprecations.js';
import { validate } from '../validate/validate.js';

const KNOWN_MS = 180_000;

/** Harm to a shop in containers, and what is looked at around it. */
export interface Plan {
  /** The shop of docker-compose.cluster.yml. */
  readonly isCluster?: boolean;
  /** With the profile statistics. */
  readonly hasStatistics?: boolean;
  /** In the shop's file of variables, beside what every shop has. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly clients: number;
  /** Brings the release that runs first, if not this one. */
  first?(dir: string): Promise<Release>;
  /** Done before anything is started. */
  beforehand?(project: ComposeProject): Promise<Invariant[]>;
  /** Done before customers come. */
  before?(project: ComposeProject, dir: string): Promise<Invariant[]>;
  /** Done while customers shop. */
  harm(trial: Trial, dir: string): Promise<Invariant[]>;
  /** Done after the last customer. */
  after?(project: ComposeProject, dir: string): Promise<TestCount>;
}

/** Customers shop while harm is done; then all that they were told must be so. */
async function shopping(plan: Plan, project: ComposeProject, dir: string): Promise<Invariant[]> {
  report('Letting customers in');
  const load = await Load.start(project, plan.clients, new Dice(1), dir);
  const trial = new Trial(project, load);
  try {
    const harmed = await plan.harm(trial, dir);
    const unknown = await load.stop(KNOWN_MS);
    report('Comparing the books with what clients were told');
    console.log(`\n${harmTable(trial.harms)}`);
    return [
      ...harmed,
      ...(await validate(project, load, unknown)),
      // A broker that another release has started is configured by that one.
      ...(plan.first === undefined ? [await deprecationInvariant(project)] : []),
      await containersInvariant(project.name),
    ];
  } finally {
    await load.stop(0);
  }
}

async function work(plan: Plan, project: ComposeProject, dir: string): Promise<TestCount> {
  const invariants = (await plan.beforehand?.(project)) ?? [];
  await project.start();
  console.log(versionsLine(await project.versions()));
  invariants.push(...((await plan.before?.(project, dir)) ?? []));
  invariants.push(...(await shopping(plan, project, dir)));
  const tests = (await plan.after?.(project, dir)) ?? { passed: 0, failed: 0 };
  console.log(`\n${invariantLines(invariants)}\n`);
  const { passed, failed } = countOf(invariants);
  return { passed: passed + tests.passed, failed: failed + tests.failed };
}

/**
 * Tries a shop in containers, from the build of its images until everything is taken down; the last line that it
 * writes is `N passed, N failed`.
 * @returns whether all was well
 */
export async function tryInContainers(plan: Plan, interruption: AbortSignal): Promise<boolean> {
  return await counted(interruption, () =>
    tryPlace({
      prefix: 'compose-',
      interruption,
      async open(dir) {
        const { isCluster = false, hasStatistics = false, variables = {} } = plan;
        const name = `jangteo-test-${process.pid}`;
        const project = await ComposeProject.make({
          dir,
          name,
          isCluster,
          hasStatistics,
          variables,
          signal: interruption,
        });
        return plan.first === undefined ? project : project.of(await plan.first(dir));
      },
      work: (project, dir) => work(plan, project, dir),
      isBad: (count) => count.failed > 0,
    }),
  );
}
