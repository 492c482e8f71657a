#!/usr/bin/env node
// Gets from whatever a fresh clone finds on the machine to the compiled programs under the pinned Node:
// installs packages where the lock file asks for others, compiles, builds the console, and hands over. It must run before
// anything is installed and on an older Node, so it is plain JavaScript without dependencies.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const oldestNode = 20;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');
const [program, ...args] = process.argv.slice(2);

/** The process that works for us now; what we are told to do, it is told. */
let current;
/** What we were told last. */
let told;
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of endings) {
  process.on(signal, () => {
    told = signal;
    current?.kill(signal);
  });
}

function fail(message, code = 1) {
  console.error(message);
  // Whoever reads the last line of a test run must not mistake a run that never began for a good one.
  if (program === 'test') console.log('0 passed, 1 failed');
  process.exit(code);
}

/** Goes on only after what ended well. @param problem what to say of what has failed by itself */
function mustHaveEnded({ status, signal, error }, problem) {
  if (status === 0) return;
  const by = endings.includes(signal) ? signal : told;
  if (by !== undefined) fail('Interrupted', 128 + constants.signals[by]);
  fail(error ? String(error) : problem);
}

/** Looks for every package of the lock file, in its version, in what npm itself recorded as installed. */
function isInstalled() {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  if (!existsSync(join(root, 'node_modules', '.package-lock.json')) || !existsSync(pinnedNode)) return false;
  const installed = read('node_modules/.package-lock.json');
  return Object.entries(read('package-lock.json')).every(([path, { version, link, optional }]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === version && found.link === link : Boolean(optional);
  });
}

/** When a process began, as libs/infra writes it down (which is not compiled yet); nothing where there is none. */
function startOf(pid) {
  if (process.platform !== 'linux') {
    // The same words in every shell.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    return ps.stdout.trim() || undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return fields[0] === 'Z' ? undefined : `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** PostgreSQL and Node of a shop that runs are files in node_modules, which npm deletes first. */
function mustNotRun() {
  const usual = join(root, '.local');
  for (const folder of new Set([usual, process.env.JANGTEO_LOCAL_DIR || usual])) {
    let run;
    try {
      run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    } catch {
      continue;
    }
    const { starter, command } = run;
    if (starter === undefined || startOf(starter.pid) !== starter.startedAt) continue;
    const pid = command?.pid ?? starter.pid;
    fail(`Other packages have to be installed, and the shop runs on those that are there (process ${pid}).
Stop it first, with Ctrl-C there, or: kill ${pid}`);
  }
}

/** A folder with a file that is named after the process which installs. */
const installing = join(root, '.installing');
const own = `${process.pid} ${startOf(process.pid)}`;

/** @returns whether we are the one that installs */
function takeTurn() {
  const made = `${installing}.${process.pid}`;
  try {
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, own), '');
    // Takes the place of an empty folder, and of no other.
    renameSync(made, installing);
    return true;
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(error.code)) return false;
    // Where only node_modules can be written, as a volume of its own, nobody takes turns.
    if (['EROFS', 'EACCES'].includes(error.code)) return true;
    return fail(`No packages can be installed: ${error.message}`);
  }
}

/** @returns the name of the file of whoever installs */
function holder() {
  try {
    return readdirSync(installing)[0];
  } catch {
    return undefined;
  }
}

/** Of several that find somebody dead, one renames the file. */
function takeOver(dead) {
  try {
    renameSync(join(installing, dead), join(installing, own));
    return true;
  } catch ({ code }) {
    if (code === 'ENOENT') return false;
    return fail(`${join(installing, dead)} is of another user's start that ended: delete it (${code})`);
  }
}

async function awaitTurn() {
  for (let said = false; !takeTurn();) {
    if (told !== undefined) fail('Interrupted', 128 + constants.signals[told]);
    const other = holder();
    const [pid, ...began] = other?.split(' ') ?? [];
    if (other === undefined) continue;
    if (startOf(pid) !== began.join(' ') && takeOver(other)) break;
    if (!said) console.log(`Waiting for another start that installs packages (process ${pid}) ...`);
    said = true;
    await pause(250);
  }
  process.once('exit', endTurn);
}

function endTurn() {
  rmSync(join(installing, own), { force: true });
  try {
    rmdirSync(installing);
  } catch {
    // Somebody's who waited.
  }
}

/** One start at a time: npm deletes what another one has installed so far. */
async function installInTurn() {
  await awaitTurn();
  if (!isInstalled()) {
    mustNotRun();
    await install();
  }
  process.off('exit', endTurn);
  endTurn();
}

async function install() {
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // A production NODE_ENV or npm setting would leave out the compiler and the tests.
  const flags = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  console.log('Installing packages (once, and again when package-lock.json changes) ...');
  const began = Date.now();
  const progress = setInterval(() => {
    console.log(`  still installing after ${Math.round((Date.now() - began) / 1000)} s`);
  }, 10_000);
  current = spawn(command, [...before, ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [current.stdout, current.stderr]) stream.on('data', (chunk) => (output += chunk));
  const end = await new Promise((resolve) => {
    current.once('error', (error) => resolve({ error, status: null, signal: null }));
    current.once('close', (status, signal) => resolve({ status, signal }));
  });
  clearInterval(progress);
  mustHaveEnded(end, `npm ci failed (${end.signal ?? end.status}):\n${output}`);
  if (!existsSync(pinnedNode)) {
    fail(`npm ci did not run the install script that brings Node 24. Is ignore-scripts set?\n${output}`);
  }
}

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const end = spawnSync(pinnedNode, [tsc, '-b'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  mustHaveEnded(end, 'The sources do not compile; see above.');
}

/** Those that serve the console, or look at it. */
const consolePrograms = ['start', 'test', 'screenshots'];
/** What it is built of, folders with all that is in them. */
const consoleSources = [
  'package-lock.json',
  'clients/typescript/src',
  'console/index.html',
  'console/package.json',
  'console/public',
  'console/src',
  'console/tsconfig.json',
  'console/vite.config.ts',
];
/** The list of what was built. */
const consoleManifest = 'console/dist/site/.vite/manifest.json';

/** When the newest of these was written, or taken out of a folder, in epoch milliseconds; 0 for what is not there. */
function changedAtMs(path) {
  const its = statSync(path, { throwIfNoEntry: false });
  if (!its?.isDirectory()) return its?.mtimeMs ?? 0;
  return Math.max(its.mtimeMs, ...readdirSync(path).map((name) => changedAtMs(join(path, name))));
}

function buildConsole() {
  const sourcesAtMs = Math.max(...consoleSources.map((path) => changedAtMs(join(root, path))));
  if (sourcesAtMs < changedAtMs(join(root, consoleManifest))) return;
  console.log('Building the console (once, and again when its sources change) ...');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const end = spawnSync(pinnedNode, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'console'),
    stdio: ['ignore', 'inherit', 'inherit'],
    // A NODE_ENV of tests or of development would build a slower, larger one.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  mustHaveEnded(end, 'The console does not build; see above.');
}

/** Becomes the program as far as another process can tell: its signals, its output, its exit code. */
function handOver() {
  // A program of tools, unless its name begins with another folder.
  const path = program.includes('/') ? program : `tools/${program}`;
  const script = join(root, `${path.replace('/', '/dist/src/')}.js`);
  // Under npm it is npm that the user started, stops, and may kill.
  const command = process.env.npm_lifecycle_event === undefined ? process.pid : process.ppid;
  const env = { ...process.env, JANGTEO_COMMAND_PID: String(command) };
  current = spawn(pinnedNode, ['--enable-source-maps', script, ...args], { stdio: 'inherit', env });
  current.once('error', (error) => fail(String(error)));
  current.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  endWithNpm();
}

/** A `kill -9` of npm cannot be passed on by npm; without this the program would outlive its command. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) current.kill('SIGTERM');
  }, 500).unref();
}

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  fail(`Node ${oldestNode} or later is needed to begin; this is ${process.version}. See https://nodejs.org`);
}
if (!isInstalled()) await installInTurn();
compile();
if (consolePrograms.includes(program)) buildConsole();
handOver();
