import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, run } from '@jangteo/infra';
import { invariantLines } from './chaos/table.js';
import { harmTable } from './compose/harm-table.js';
import { thisRelease, type Release } from './compose/project.js';
import { countOf, Trial } from './compose/trial.js';
import { upgradeAndBack } from './compose/upgrade.js';

const help = `Usage: npm run test:upgrade -- --from <commit>

Tries the upgrade of docs/operations.md. Builds the images of an older commit and of this code, starts the shop of the
older one under a name and ports of its own, and under load goes to this code as docs/operations.md says, and back
again with the databases as they are then. Each service but the gateway is replaced with old and new at work side by
side, which no request may notice. The books are compared with what clients were told. All of it is taken down again,
volumes included. Prints how long there were no orders each time.
Needs git, and a Docker engine with Docker Compose or docker-compose. Ends with \`N passed, N failed\`.

  --from <commit>   a commit, branch or tag that has a docker-compose.yml
  -h, --help
`;

const CLIENTS = 8;
const OLD_TAG = 'test-old';

/** @returns undefined where help was asked for @throws Error that is for the user */
function readFrom(): string | undefined {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return undefined;
  if (values.from === undefined) throw new Error('--from is missing: the commit to upgrade from');
  return values.from;
}

/** @throws Error that is for the user where a commit cannot be had, or is of a time before docker compose */
async function assertHasCompose(commit: string): Promise<void> {
  await run('git', ['cat-file', '-e', `${commit}:docker-compose.yml`], { cwd: projectRoot() }).catch(() => {
    throw new Error(`--from ${commit}: no such commit here, or it has no docker-compose.yml`);
  });
}

const oldRelease = (dir: string): Release => ({ root: join(dir, 'old'), tag: OLD_TAG });

/** Brings the sources of a commit, in a folder of their own. */
async function sourcesOf(commit: string, dir: string): Promise<Release> {
  const release = oldRelease(dir);
  const { root } = release;
  const archive = `${root}.tar`;
  await mkdir(root);
  await run('git', ['archive', '--format=tar', '--output', archive, commit], { cwd: projectRoot() });
  await run('tar', ['-xf', archive, '-C', root]);
  return release;
}

async function testUpgrade(from: string): Promise<number> {
  await assertHasCompose(from);
  const trial = new Trial(false);
  return await trial.run(
    async (project, dir) => {
      const to = thisRelease();
      trial.report('Building the images of this code');
      await project.of(to).compose('build');
      trial.report('Letting customers in');
      let table = '';
      const invariants = await trial.shopping(project, { clients: CLIENTS, dir }, async (scene) => {
        const { harms, invariants: found } = await upgradeAndBack(scene, { from: oldRelease(dir), to });
        table = harmTable(harms);
        return found;
      });
      console.log(`\n${table}\n\n${invariantLines(invariants)}\n`);
      return countOf(invariants);
    },
    (dir) => sourcesOf(from, dir),
  );
}

try {
  const from = readFrom();
  if (from === undefined) console.log(help);
  else process.exitCode = await testUpgrade(from);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  process.exitCode = 2;
}
// Connections that are kept alive would hold the process for seconds.
process.exit();
