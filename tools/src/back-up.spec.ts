import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, projectRoot } from '@jangteo/infra';

const program = join(projectRoot(), 'deploy', 'postgres', 'back-up.sh');

/** In the place of Docker: runs what is to run in the container here, where it is told of the shop that is meant. */
const DOCKER = `#!/bin/bash
[ "$*" = 'compose exec -T postgres bash -s' ] || exit 64
[ "$COMPOSE_PROJECT_NAME $COMPOSE_FILE" = 'jangteo-cluster one.yml:two.yml' ] || exit 65
exec bash -s
`;

/** In the place of psql: a session with one statement, which is over when nobody writes to it any more. */
const PSQL = `#!/bin/bash
read -r statement
echo "$statement" >> "$LOG"
[ -z "\${NO_SLOT:-}" ] || exit 3
echo backup
cat > /dev/null
echo 'the session ends' >> "$LOG"
`;

/** In the place of pg_basebackup: begins a copy. */
const COPY = `#!/bin/bash
echo "copies $*" >> "$LOG"
echo 'the new shop'
exit "\${COPY_CODE:-0}"
`;

describe('the backup of a shop in containers', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'back-up-'));
    file = join(folder, 'shop.tar.gz');
    await writeFile(file, 'the shop of yesterday');
    for (const [name, text] of [
      ['docker', DOCKER],
      ['psql', PSQL],
      ['pg_basebackup', COPY],
    ] as const) {
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), 0o755);
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** @returns the exit code */
  async function backUp(env: Readonly<Record<string, string>> = {}): Promise<number> {
    const shop = { COMPOSE_PROJECT_NAME: 'jangteo-cluster', COMPOSE_FILE: 'one.yml:two.yml' };
    const its = { PATH: `${folder}:${process.env.PATH}`, LOG: join(folder, 'log'), ...shop, ...env };
    return await promisify(execFile)(program, [file], { env: its }).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );
  }

  const log = async (): Promise<string[]> =>
    (await readFile(join(folder, 'log'), 'utf8')).trimEnd().split('\n');

  it('takes the place of the one before, with the log of its own time kept by a slot until it ends', async () => {
    expect(await backUp()).toBe(0);
    expect(gunzipSync(await readFile(file)).toString()).toBe('the new shop\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await eventually(async () => (await log()).includes('the session ends'));
    expect(await log()).toEqual([
      expect.stringMatching(/pg_create_physical_replication_slot\('backup_\d+', true, true\)/),
      expect.stringMatching(/^copies .*-X fetch$/),
      'the session ends',
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['the copy breaks off', { COPY_CODE: '1' }, ['SELECT', 'copies', 'the']],
    ['there is no slot', { NO_SLOT: 'true' }, ['SELECT']],
  ])('leaves the one before where it is when %s, and ends with an error', async (_case, env, done) => {
    expect(await backUp(env)).not.toBe(0);
    expect(await readFile(file, 'utf8')).toBe('the shop of yesterday');
    expect(await readdir(folder)).not.toContain('shop.tar.gz.new');
    await eventually(async () => expect((await log()).map((line) => line.split(' ')[0])).toEqual(done));
  });
});
