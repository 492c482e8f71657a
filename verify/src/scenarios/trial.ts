import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, projectRoot } from '@jangteo/infra';
import {
  interruptible,
  localDir,
  makeTestDir,
  removeTestDir,
  report,
  type TestCount,
  versionsLine,
} from '@jangteo/tools';
import { auditProblems } from '../validate/audit.js';
import type { Invariant } from '../report/invariant.js';
import { answersInvariant, bookInvariants, settleProblems } from '../validate/validate.js';
import { Dice } from '../dice.js';
import { Load } from '../traffic/load.js';
import { containersInvariant } from '../validate/container-health.js';
import { deprecationInvariant } from '../validate/deprecations.js';
import type { Scene } from '../failpoint/harm.js';
import { ContainerShop } from '../places/container-shop.js';
import { ComposeProject, thisRelease, type Release } from '../places/compose-project.js';

const CLIENT_LOG = 'clients.log';
/** On a busy machine. */
const READY_MS = 300_000;
const KNOWN_MS = 180_000;

type Work = (project: ComposeProject, dir: string) => Promise<TestCount>;
type First = (dir: string) => Release | Promise<Release>;

/** A shop in containers that is tried, from the build of its images until everything is taken down. */
export class Trial {
  readonly signal = interruptible();
  readonly report = report;
  /** False where the broker was started, and is configured, by another release. */
  #isOwnBroker = true;

  /** @param variables in the shop's file of variables, beside what every shop has */
  constructor(
    private readonly isCluster: boolean,
    private readonly variables: Readonly<Record<string, string>> = {},
  ) {}

  /**
   * Tries a shop from its start, in a folder for what is written.
   * @param work tries a shop that is ready
   * @param first the release that runs first, if not this one
   * @returns the exit code of the program; the last line that it writes is `N passed, N failed`
   */
  async run(work: Work, first: First = thisRelease): Promise<number> {
    const { passed, failed } = await this.#try(work, first).catch((error: unknown) => this.#failure(error));
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  }

  /**
   * Customers shop while `harm` is done; then all that they were told must be so.
   * @returns what `harm` found, and what the books say after it
   */
  async shopping(
    project: ComposeProject,
    { clients, dir }: { readonly clients: number; readonly dir: string },
    harm: (scene: Scene) => Promise<Invariant[]>,
  ): Promise<Invariant[]> {
    const stack = new ContainerShop(project.shop, project.secrets);
    const load = await Load.start(stack, clients, new Dice(1), join(dir, CLIENT_LOG));
    try {
      const harmed = await harm({ project, load, report: this.report });
      const unknown = await load.stop(KNOWN_MS);
      this.report('Comparing the books with what clients were told');
      const settled = await settleProblems(stack);
      const books = await bookInvariants({ stack, load });
      return [
        ...harmed,
        { name: 'settled', says: 'all came to an end', problems: settled },
        ...books,
        answersInvariant(load, unknown),
        { name: 'audit', says: 'GET /admin/audit finds nothing', problems: await auditProblems(stack) },
        ...(this.#isOwnBroker ? [await deprecationInvariant(project)] : []),
        await containersInvariant(project.name),
      ];
    } finally {
      await load.stop(0);
      await stack.close();
    }
  }

  async #try(work: Work, first: First): Promise<TestCount> {
    const dir = await makeTestDir('compose-');
    const { isCluster, signal, report, variables } = this;
    const name = `jangteo-test-${process.pid}`;
    let project = await ComposeProject.make({ dir, name, isCluster, signal, variables });
    let count: TestCount;
    try {
      const release = await first(dir);
      this.#isOwnBroker = release.root === projectRoot();
      project = project.of(release);
      await this.#start(project);
      count = await work(project, dir);
    } catch (error) {
      // Told here: what goes wrong when everything is taken down must not stand in its place.
      count = this.#failure(error);
    }
    if (count.failed > 0 && !signal.aborted) {
      await this.#keepLogs(project, dir).catch((error: unknown) => report(String(error)));
    }
    report('Taking everything down');
    await project.down();
    await removeTestDir(dir);
    return count;
  }

  #failure(error: unknown): TestCount {
    console.error(this.signal.aborted ? 'Interrupted' : error);
    // .ci/run tells lines that begin so again at its end. What a program says last is why it failed.
    const told = String(error).replaceAll(/\s*\n\s*/g, ' | ');
    const short = told.length > 2_000 ? `${told.slice(0, 400)} […] ${told.slice(-1_600)}` : told;
    if (!this.signal.aborted) console.log(`FAILED trial: ${short}`);
    return { passed: 0, failed: 1 };
  }

  async #start(project: ComposeProject): Promise<void> {
    this.report('Building the images');
    await project.compose('build');
    this.report('Starting the shop');
    await project.compose('up', '--detach');
    const isReady = async (): Promise<boolean> => {
      this.signal.throwIfAborted();
      return await project.isWhole();
    };
    await eventually(isReady, { deadlineMs: READY_MS, everyMs: 200 });
    this.report(`The shop is ready at ${project.url}`);
    console.log(versionsLine(await project.versions()));
  }

  async #keepLogs(project: ComposeProject, dir: string): Promise<void> {
    const kept = join(localDir, 'compose-logs', new Date().toISOString().replaceAll(':', '-'));
    await mkdir(kept, { recursive: true });
    await cp(join(dir, CLIENT_LOG), join(kept, CLIENT_LOG)).catch(() => undefined);
    await writeFile(join(kept, 'containers.log'), await project.logs());
    this.report(`Logs: ${kept}`);
  }
}

/** For programs that take no options. @returns the exit code where they were given some, or asked for help */
export function refuseOptions(help: string): number | undefined {
  if (process.argv.length === 2) return undefined;
  console.log(help);
  return process.argv.includes('--help') || process.argv.includes('-h') ? 0 : 2;
}

/** Counts invariants as tests are counted: those that hold as passed. */
export function countOf(invariants: readonly Invariant[]): TestCount {
  const failed = invariants.filter(({ problems }) => problems.length > 0).length;
  return { passed: invariants.length - failed, failed };
}
