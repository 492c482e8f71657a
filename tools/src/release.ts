import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, run } from '@jangteo/infra';
import { DOCUMENTS } from './documents.js';
import { argumentsOf, interruptible, report, runToEnd, UsageError } from './program.js';
import { lastReleased, releasedChangelog, unreleasedNotes } from './release/changelog.js';
import { clientPackage } from './release/client-package.js';
import { DOCKERFILES, imageProblems, withValue, withVersion } from './release/files.js';
import { Refused } from './release/refused.js';
import { compareVersions, mayBreak, readVersion, type Version } from './release/version.js';
import type { JsonObject } from './schema-comparison.js';

const help = `Usage: npm run release -- <version> [--write]

Shows what a release of this version would be: its notes, what it breaks, the files of the client's package, the labels of
the images; and writes its notes and the list of what it is made of (CycloneDX) into dist/. Nothing else is changed, but with

  --write  the version is set in every package.json, the lock file, CHANGELOG.md, the Dockerfiles and the documents,
           to be looked at, committed and tagged; where that fails, they are left as they were
  --help   shows this

It refuses a tree with changes that are not committed, a version that is not later than the last one, a changelog that says
of nothing new, and a version that breaks what the last one promised of REST, timelines, records or messages without saying
so in its number (docs/versions.md).
`;

const root = projectRoot();
const interruption = interruptible();

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
const write = (path: string, text: string): Promise<void> => writeFile(join(root, path), text);
const git = (...args: readonly string[]): Promise<string> => run('git', args, { cwd: root });

/** What the documents of the last release promised, and those of this one take away. */
async function breaksSince(last: Version): Promise<string[]> {
  const tag = `v${last.join('.')}`;
  await git('rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`).catch(() => {
    throw new Refused(`There is no tag ${tag}, with which this release would be compared`);
  });
  const breaks = DOCUMENTS.map(async ({ path, breaks: compare }) => {
    // A document that is new since then promised nothing.
    if ((await git('ls-tree', '--name-only', tag, '--', path)) === '') return [];
    const before = await git('show', `${tag}:${path}`);
    const [then, now] = [before, await read(path)].map((text) => JSON.parse(text) as JsonObject);
    return compare(then!, now!).map((line) => `${path}: ${line}`);
  });
  return (await Promise.all(breaks)).flat();
}

/** @throws Refused for a version that may not follow what there is */
async function refuseUnfit(version: Version, changelog: string): Promise<void> {
  const changes = (await git('status', '--porcelain')).trimEnd();
  if (changes !== '') throw new Refused(`There are changes that are not committed:\n${changes}`);
  const last = lastReleased(changelog);
  const { version: current } = JSON.parse(await read('package.json')) as { version: string };
  if (compareVersions(version, readVersion(current)!) < 0 || (last && compareVersions(version, last) <= 0)) {
    throw new Refused(`${version.join('.')} is not later than ${last?.join('.') ?? current}`);
  }
  if (last === undefined) {
    console.log('Nothing was released yet, so nothing can break.');
    return;
  }
  const breaks = await breaksSince(last);
  const list = breaks.map((line) => `  ${line}`).join('\n');
  if (breaks.length > 0 && !mayBreak(last, version)) {
    throw new Refused(`${version.join('.')} breaks what ${last.join('.')} promised:\n${list}`);
  }
  console.log(breaks.length === 0 ? `Nothing breaks since ${last.join('.')}.` : `It breaks:\n${list}`);
}

/** @throws Refused where it is not what it should be */
async function packClient(): Promise<void> {
  const { files, bytes, problems } = await clientPackage();
  console.log(`\nThe package @jangteo/client, ${Math.ceil(bytes / 1_024)} KB:\n  ${files.join('\n  ')}`);
  if (problems.length > 0) throw new Refused(`The package @jangteo/client\n  ${problems.join('\n  ')}`);
}

/** Names the packages of what runs in a shop, by the lock file. */
async function writeBill(version: string): Promise<string> {
  const path = join('dist', `jangteo-${version}.cdx.json`);
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  const bill = await run('npm', args, { cwd: root, signal: interruption });
  await write(path, bill);
  const { components } = JSON.parse(bill) as { components: unknown[] };
  console.log(`\n${path}: ${components.length} packages`);
  return path;
}

const dockerfileWith = (text: string, version: string): string =>
  withValue(text, '\nARG VERSION=', version, '\n');

/** Each program is waited for, even where this is interrupted: none writes what is taken back. */
async function changeFiles(version: string, changelog: string): Promise<void> {
  const manifests = globSync('{.,libs/*,services/*,clients/*,console,tools,verify}/package.json', {
    cwd: root,
  });
  for (const path of manifests) await write(path, withVersion(await read(path), version));
  const constant = 'libs/contracts/src/version.ts';
  await write(constant, withValue(await read(constant), "VERSION = '", version, "'"));
  for (const path of DOCKERFILES) await write(path, dockerfileWith(await read(path), version));
  await write('CHANGELOG.md', releasedChangelog(changelog, version, new Date().toISOString().slice(0, 10)));
  report('Writing the lock file and the documents');
  const lock = ['--package-lock-only', '--omit-lockfile-registry-resolved'];
  for (const args of [
    ['install', ...lock, '--ignore-scripts', '--no-audit', '--no-fund'],
    ['run', 'docs'],
    ['run', 'manifests'],
  ]) {
    interruption.throwIfAborted();
    await run('npm', args, { cwd: root });
  }
}

async function writeVersion(version: string, changelog: string): Promise<void> {
  try {
    await changeFiles(version, changelog);
  } catch (error) {
    // What was there is committed, or the release would have been refused.
    await git('checkout', '--', '.');
    throw new Error(
      'The version was not written, and the files are as they were: mend what follows, and run this again',
      { cause: error },
    );
  }
}

const NEXT = (version: string): string => `
Next: look at the changes, then
  git commit -am "Release ${version}" && git tag -a v${version} -F dist/notes-${version}.md
  docker build --build-arg SERVICE=<service> --build-arg REVISION=$(git rev-parse HEAD) --build-arg SOURCE=<address> -t jangteo/<service>:${version} .
  docker build -f deploy/statistics/Dockerfile --build-arg REVISION=$(git rev-parse HEAD) --build-arg SOURCE=<address> -t jangteo/statistics:${version} .
  (cd clients/typescript && npm publish)`;

async function release(version: Version, writes: boolean): Promise<void> {
  const text = version.join('.');
  const changelog = await read('CHANGELOG.md');
  await refuseUnfit(version, changelog);
  const notes = unreleasedNotes(changelog);
  await mkdir(join(root, 'dist'), { recursive: true });
  await write(join('dist', `notes-${text}.md`), `${notes}\n`);
  console.log(`\nNotes of ${text}:\n\n${notes}`);
  await packClient();
  for (const path of DOCKERFILES) {
    const problems = imageProblems(dockerfileWith(await read(path), text), text);
    if (problems.length > 0) throw new Refused(`${path} ${problems.join(', and ')}`);
  }
  await writeBill(text);
  if (writes) await writeVersion(text, changelog);
  console.log(writes ? NEXT(text) : '\nNothing was changed. With --write it is.');
}

async function main(): Promise<boolean> {
  const { values, positionals } = argumentsOf({
    allowPositionals: true,
    options: {
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return true;
  }
  const [text = '', ...more] = positionals;
  const version = readVersion(text);
  if (version === undefined || more.length > 0) {
    throw new UsageError(`A release has one version, such as 1.2.0, not "${positionals.join(' ')}"`);
  }
  try {
    await release(version, values.write);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    return false;
  }
}

await runToEnd('release', interruption, main);
