import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, markOf, projectRoot } from '@jangteo/infra';

describe('what comes before a program', () => {
  let folder: string;
  beforeEach(async () => {
    // That of a run of tests is for its user alone.
    folder = await mkdtemp('/tmp/bootstrap-');
    await mkdir(join(folder, 'tools'));
    await copyFile(join(projectRoot(), 'tools', 'bootstrap.mjs'), join(folder, 'tools', 'bootstrap.mjs'));
    for (const name of ['package-lock.json', 'node_modules/.package-lock.json']) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), '{"packages":{}}');
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs it with this in the place of the Node that compiles. */
  async function compiledBy(script: string) {
    const node = join(folder, 'node_modules', 'node', 'bin', 'node');
    await mkdir(dirname(node), { recursive: true });
    await writeFile(node, `#!/bin/sh\n${script}\n`);
    await chmod(node, 0o755);
    const args = [join(folder, 'tools', 'bootstrap.mjs'), 'test'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('says of what was interrupted that, and nothing of the sources', async () => {
    const interrupted = { status: 130, stderr: 'Interrupted\n', stdout: '0 passed, 1 failed\n' };
    expect(await compiledBy('kill -INT $$')).toEqual(interrupted);
    expect(await compiledBy('kill -TERM $$')).toEqual({ ...interrupted, status: 143 });
  });

  it('says of sources that do not compile that', async () => {
    const failed = { status: 1, stderr: 'The sources do not compile; see above.\n' };
    expect(await compiledBy('exit 2')).toMatchObject(failed);
    expect(await compiledBy('kill -KILL $$')).toMatchObject(failed);
  });

  describe('where packages are missing', () => {
    /** In the place of npm: installs when it may. */
    const NPM = `
      const { appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
      appendFileSync('npm.log', 'begins\\n');
      const timer = setInterval(() => {
        if (!existsSync('go')) return;
        clearInterval(timer);
        mkdirSync('node_modules/node/bin', { recursive: true });
        writeFileSync('node_modules/node/bin/node', '#!/bin/sh\\nexit 0\\n');
        chmodSync('node_modules/node/bin/node', 0o755);
        writeFileSync('node_modules/.package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
        appendFileSync('npm.log', 'ends\\n');
      }, 20);`;
    const mark = markOf(process.pid)!;
    const dead = { ...mark, startedAt: 'before' };
    const lock = (): string => join(folder, '.installing');

    beforeEach(async () => {
      await writeFile(
        join(folder, 'package-lock.json'),
        '{"packages":{"node_modules/a":{"version":"1.0.0"}}}',
      );
      await writeFile(join(folder, 'npm.js'), NPM);
      await mkdir(join(folder, '.local'));
    });

    function start(
      env: Readonly<Record<string, string>> = {},
      { program = 'audit', uid = process.getuid!() } = {},
    ) {
      const child = spawn(process.execPath, [join(folder, 'tools', 'bootstrap.mjs'), program], {
        env: { PATH: process.env.PATH, npm_execpath: join(folder, 'npm.js'), ...env },
        uid,
      });
      const run = { output: '', code: undefined as number | null | undefined, child };
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (run.output += chunk.toString()));
      child.once('close', (code) => (run.code = code));
      return run;
    }

    const log = (): Promise<string> => readFile(join(folder, 'npm.log'), 'utf8').catch(() => '');
    const go = (): Promise<void> => writeFile(join(folder, 'go'), '');
    const ended = (run: { code: unknown }) => eventually(() => run.code !== undefined);
    const runFile = (starter: object): string => JSON.stringify({ starter, command: { pid: 4711 } });

    it.each(['.local', 'elsewhere'])(
      'takes none away from a shop that runs, as run.json of %s says',
      async (local) => {
        await mkdir(join(folder, local), { recursive: true });
        await writeFile(join(folder, local, 'run.json'), runFile(mark));
        await go();
        const run = start(local === '.local' ? {} : { JANGTEO_LOCAL_DIR: join(folder, local) });
        await ended(run);
        expect(run).toMatchObject({ code: 1, output: expect.stringContaining('kill 4711') });
        expect([await log(), existsSync(lock())]).toEqual(['', false]);
      },
    );

    it('installs them beside what a shop has left that was killed', async () => {
      await writeFile(join(folder, '.local', 'run.json'), runFile(dead));
      await go();
      const run = start();
      await ended(run);
      expect([run.code, run.output, await log(), existsSync(lock())]).toEqual([
        0,
        expect.any(String),
        'begins\nends\n',
        false,
      ]);
    });

    it('knows a shop that runs by ps too, whatever the shell has for times', async () => {
      const ofMac = 'data:text/javascript,Object.defineProperty(process, "platform", { value: "darwin" })';
      const env = { NODE_OPTIONS: `--import=${ofMac.replaceAll(' ', '%20').replaceAll('"', "'")}` };
      const infra = join(projectRoot(), 'libs', 'infra', 'dist', 'src', 'processes.js');
      const script = `import { markOf } from '${infra}'; console.log(JSON.stringify(markOf(${process.pid})))`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env, TZ: 'EST+5' },
      });
      await writeFile(join(folder, '.local', 'run.json'), runFile(JSON.parse(stdout) as object));
      await go();
      const run = start({ ...env, TZ: 'KST-9' });
      await ended(run);
      expect(run).toMatchObject({ code: 1, output: expect.stringContaining('kill 4711') });
    });

    /** Anybody but root, who may write everywhere; root's own folder may hold a Node that nobody else can run. */
    const uid = process.getuid!() || 65_534;
    const isRun = spawnSync(process.execPath, ['--version'], { uid }).status === 0;
    (isRun ? describe : describe.skip)('in a folder of somebody else', () => {
      beforeEach(async () => {
        await chmod(folder, 0o777);
        await chmod(join(folder, 'node_modules'), 0o777);
        await writeFile(join(folder, 'npm.log'), '');
        for (const name of ['npm.log', 'node_modules/.package-lock.json'])
          await chmod(join(folder, name), 0o666);
        await go();
      });
      afterEach(() => chmod(folder, 0o700));

      it('installs them without a turn where only node_modules can be written', async () => {
        await chmod(folder, 0o555);
        const run = start({}, { uid });
        await ended(run);
        expect([run.code, await log()]).toEqual([0, 'begins\nends\n']);
      });

      it('says what is to be deleted of a start that died there', async () => {
        await mkdir(lock());
        await writeFile(join(lock(), `${dead.pid} ${dead.startedAt}`), '');
        await chmod(lock(), 0o555);
        const run = start({}, { uid });
        try {
          await ended(run);
        } finally {
          await chmod(lock(), 0o700);
        }
        expect(run).toMatchObject({ code: 1, output: expect.stringContaining('delete it (EACCES)') });
        expect(run.output).toContain(join(lock(), String(dead.pid)));
      });
    });

    it('says why no turn can be taken, on the last line too that it was no good run', async () => {
      await writeFile(lock(), '');
      const run = start({}, { program: 'test' });
      await ended(run);
      expect(run.code).toBe(1);
      expect(run.output).toContain('No packages can be installed: ENOTDIR');
      expect(run.output).toMatch(/\n0 passed, 1 failed\n$/);
    });

    it('installs them once for two starts, of which the second says that it waits', async () => {
      const first = start();
      await eventually(async () => (await log()) !== '');
      const second = start();
      await eventually(() => second.output.includes(`(process ${first.child.pid})`));
      await go();
      await Promise.all([ended(first), ended(second)]);
      expect([first.code, second.code, await log()]).toEqual([0, 0, 'begins\nends\n']);
      expect(existsSync(lock())).toBe(false);
    });

    it('takes the turn of one who died, and ends where it is told to while it waits', async () => {
      await mkdir(lock());
      await writeFile(join(lock(), `${dead.pid} ${dead.startedAt}`), '');
      const first = start();
      await eventually(async () => (await log()) !== '');
      const second = start();
      await eventually(() => second.output.includes('Waiting'));
      second.child.kill('SIGTERM');
      await ended(second);
      expect(second).toMatchObject({ code: 143, output: expect.stringContaining('Interrupted') });
      await go();
      await ended(first);
      expect([first.code, existsSync(lock())]).toEqual([0, false]);
    });
  });
});
