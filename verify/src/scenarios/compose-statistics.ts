import { counted, report } from '@jangteo/tools';
import { crash, killInTurn, untilHealthyAgain } from '../failpoint/containers.js';
import { untilCounted } from '../failpoint/statistics.js';
import type { Trial } from '../failpoint/trial.js';
import type { ComposeProject } from '../places/compose-project.js';
import { canHave, imageOf } from '../places/images.js';
import { countOf, invariantLines, type Invariant } from '../report/invariants.js';
import { auditedStatistics } from '../validate/audit.js';
import { shownSales, validateStatistics, type Counted } from '../validate/sales-figures.js';
import { STATISTICS_WALK, walkInvariant } from '../validate/walk.js';
import { tryInContainers } from './in-containers.js';

/** Few: a Kafka and a Spark share the machine with them. */
const CLIENTS = 6;
/** While something is away, and after it. */
const ORDERS = 20;
/** What docker-compose.yml has the engine say. */
const SENTENCE = 'run npm run env -- --statistics first';
const KILLED = ['kafka', 'statistics'];

const countedBy = (project: ComposeProject): Counted => ({
  stack: project,
  figures: (text) => project.figures(text),
});

/** Starts it with a .env that is not ready for it. */
async function refused(project: ComposeProject): Promise<Invariant> {
  report('Starting the profile statistics without its settings');
  const unprepared = { STATISTICS_READY: '' };
  const told = await project
    .composeWith(unprepared, 'up', '--detach', 'statistics')
    .then(() => 'it was started', String);
  const problems = told.includes(SENTENCE) ? [] : [`it says ${told.slice(-500)}`];
  for (const service of KILLED) if (await project.isRunning(service)) problems.push(`${service} runs`);
  return {
    name: 'unprepared',
    says: 'without its settings the profile does not start, and compose says what to run',
    problems,
  };
}

async function killBoth(trial: Trial): Promise<Invariant> {
  const place = countedBy(trial.project);
  const says = 'Kafka and the job are killed, orders go on, and all of them are counted';
  return await killInTurn(trial, KILLED, says, async (service) => {
    await untilCounted(place);
    await trial.untilMoreOrders(ORDERS);
    await trial.during(`${service} killed`, async () => {
      await crash(trial, service);
      await trial.untilMoreOrders(ORDERS);
      await untilHealthyAgain(trial, service);
    });
    await untilCounted(place);
  });
}

async function everyFigure(project: ComposeProject): Promise<Invariant[]> {
  report('Comparing every figure with the order service’s books');
  return [
    ...(await validateStatistics(countedBy(project), [])),
    await shownSales(project),
    await auditedStatistics(project),
  ];
}

/** Takes all of it down but for its volumes, starts it again, and shops there by what the document has pasted. */
async function again(project: ComposeProject, dir: string): Promise<Invariant[]> {
  report('Taking it down, and starting it again');
  await project.compose('down', '--timeout', '60');
  await project.up();
  report('Taking the walk of docs/walk.md through the statistics');
  const walk = await walkInvariant('docs/walk.md', { url: project.url, dir, heading: STATISTICS_WALK });
  const problems = (await everyFigure(project)).flatMap((one) => one.problems);
  const says = 'after a new start nothing is lost or counted twice, and counting goes on';
  return [walk, { name: 'kept', says, problems }];
}

/** Tries the profile statistics of docker-compose.yml. @returns whether all was well */
export async function tryStatistics(interruption: AbortSignal): Promise<boolean> {
  for (const variable of ['KAFKA_IMAGE', 'SPARK_IMAGE']) {
    const image = await imageOf(variable);
    if (await canHave(image)) continue;
    console.log(`######## NOT TESTED: the compose profile statistics. The image ${image} cannot be had.`);
    return await counted(interruption, () => Promise.resolve({ passed: 0, failed: 0 }));
  }
  return await tryInContainers(
    {
      hasStatistics: true,
      clients: CLIENTS,
      beforehand: async (project) => [await refused(project)],
      harm: async (trial) => [await killBoth(trial)],
      async after(project, dir) {
        const invariants = [...(await everyFigure(project)), ...(await again(project, dir))];
        console.log(`\n${invariantLines(invariants)}\n`);
        return countOf(invariants);
      },
    },
    interruption,
  );
}
