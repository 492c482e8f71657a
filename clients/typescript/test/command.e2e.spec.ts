import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '@jangteo/infra';
import { shareShop, START_DEADLINE_MS, type Customer, type Shop } from '@jangteo/testkit';
import { problem, ScriptedShop } from './scripted-shop.js';

const PROGRAM = join(projectRoot(), 'clients', 'typescript', 'bin', 'jangteo.mjs');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Sessions {
  readonly url: string;
  readonly sessions: Record<string, { accessToken: string; refreshToken: string }>;
}

describe('the command jangteo', () => {
  let shop: Shop;
  let home: string;
  let file: string;
  let customer: Customer;
  let login: Ended;
  let orderId: string;
  let productId: string;

  /** Runs it in a home of its own, with nothing of the environment that would tell it of a shop. */
  async function jangteo(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const { PATH = '' } = process.env;
    const env = { PATH, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...more };
    return await new Promise((resolve) => {
      const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
      child.stdin?.end();
    });
  }

  async function jsonOf<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await jangteo([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as T;
  }

  beforeAll(async () => {
    shop = await shareShop();
    home = await mkdtemp(join(tmpdir(), 'jangteo-'));
    file = join(home, 'config', 'jangteo', 'sessions.json');
    ({ productId } = await shop.client.createProduct({ name: '찻잔', price: 12_000, stock: 40 }));
    customer = await shop.client.register(50_000);
    const { body } = await shop.client.order(customer, { items: [{ productId, quantity: 2 }] });
    ({ orderId } = body);
    const { email, password } = shop.client.adminCredentials;
    login = await jangteo(['login', '--email', email, '--url', shop.url], {
      JANGTEO_PASSWORD: password,
    });
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await shop?.stop();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  it('keeps the session for its owner alone, and goes on in it', async () => {
    expect(login).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Logged in as .*, admin\n$/),
      stderr: '',
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
    expect(await jsonOf('whoami')).toMatchObject({
      role: 'admin',
      email: shop.client.adminCredentials.email,
    });
  });

  it('refreshes the session, and keeps what it gets', async () => {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Sessions;
    const session = kept.sessions[shop.url];
    if (session === undefined) throw new Error('there is no session');
    const worn = { ...kept, sessions: { [shop.url]: { ...session, accessToken: 'worn-out' } } };
    await writeFile(file, JSON.stringify(worn));
    expect(await jsonOf('whoami')).toMatchObject({ role: 'admin' });
    const after = (JSON.parse(await readFile(file, 'utf8')) as Sessions).sessions[shop.url];
    expect(after?.accessToken).not.toBe('worn-out');
    expect(after?.refreshToken).not.toBe(session.refreshToken);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('tells no other shop of it', async () => {
    const other = await ScriptedShop.open();
    try {
      other.play(problem(401, 'UNAUTHENTICATED'));
      expect((await jangteo(['whoami', '--url', other.url])).code).toBe(1);
      expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    } finally {
      await other.close();
    }
  });

  it.each([
    ['orders list', 'orderId'],
    ['users list', 'userId'],
    ['products list', 'productId'],
    ['log', 'actorId'],
  ])('lists by %s, as a table and as JSON', async (command, id) => {
    const words = [...command.split(' '), '--limit', '2'];
    const items = await jsonOf<Record<string, string>[]>(...words);
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThanOrEqual(2);
    const { code, stdout } = await jangteo(words);
    expect(code).toBe(0);
    expect(stdout).toContain(items[0]?.[id]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(items.length + 1);
  });

  it.each([
    'coupons list',
    'dead-letters list',
    'dead-letters groups',
    'sagas list',
    'audits',
    'api-keys list',
  ])('lists by %s', async (command) => {
    expect(Array.isArray(await jsonOf(...command.split(' ')))).toBe(true);
  });

  it('shows an order, its timeline, and what a cancellation would give back', async () => {
    expect(await jsonOf('orders', 'show', orderId)).toMatchObject({ orderId, orderStatus: 'SUCCESS' });
    const timeline = await jangteo(['orders', 'timeline', orderId]);
    expect(timeline.code).toBe(0);
    expect(timeline.stdout).toMatch(/^SUCCESS: .*\.$/m);
    expect(timeline.stdout).toMatch(/^ReserveStock {2}catalog {2}DONE/m);
    await jsonOf('orders', 'cancel', orderId, '--dry-run');
    expect(await jsonOf('orders', 'list', '--user', customer.userId)).toMatchObject([
      { orderStatus: 'SUCCESS' },
    ]);
  });

  it('changes a product, its stock, and whoever has seen another version changes nothing', async () => {
    const made = await jsonOf<{ productId: string; version: number }>(
      'products',
      'create',
      '--name',
      'Bowl',
      '--price',
      '8000',
      '--stock',
      '3',
    );
    await jsonOf('products', 'restock', made.productId, '--quantity=-1', '--reason', 'broken');
    expect(await jsonOf('products', 'show', made.productId)).toMatchObject({ stock: 2 });
    await jsonOf(
      'products',
      'change',
      made.productId,
      '--price',
      '9000',
      '--if-version',
      String(made.version),
    );
    const late = await jangteo([
      'products',
      'change',
      made.productId,
      '--price',
      '1',
      '--if-version',
      String(made.version),
    ]);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('VERSION_CHANGED');
    expect((await jangteo(['products', 'movements', made.productId])).stdout).toContain('broken');
  });

  it('changes a user, and a balance', async () => {
    const { userId } = await shop.client.register(1_000);
    await jsonOf('users', 'adjust-balance', userId, '--amount=-400', '--reason', 'a gift');
    expect(await jsonOf('users', 'change', userId, '--state', 'SUSPENDED')).toMatchObject({
      state: 'SUSPENDED',
    });
    expect(await jsonOf('users', 'show', userId)).toMatchObject({ currentBalance: 600, state: 'SUSPENDED' });
  });

  it('works with the key of a program instead of a session', async () => {
    const made = await jsonOf<{ key: string; keyId: string }>(
      'api-keys',
      'create',
      '--name',
      'reports',
      '--role',
      'viewer',
    );
    const access = {
      JANGTEO_URL: shop.url,
      JANGTEO_API_KEY: made.key,
      XDG_CONFIG_HOME: join(home, 'elsewhere'),
    };
    expect((await jangteo(['orders', 'list'], access)).code).toBe(0);
    const refused = await jangteo(['products', 'restock', productId, '--quantity', '1'], access);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('FORBIDDEN');
    await jangteo(['api-keys', 'end', made.keyId]);
    expect((await jangteo(['orders', 'list'], access)).code).toBe(1);
  });

  describe('makes a link to the console', () => {
    const LINK = /^(http:\S+)\/console\/#login=(\S+)\nGood once, until \S+Z\n/;
    const logIn = async (loginToken: string) =>
      (await shop.client.post('/auth/console/sessions', { loginToken })).status;

    /** A folder of programs in which what opens addresses writes them down, and ends as told. */
    async function withOpener(code: number): Promise<{ PATH: string; opened: () => Promise<string> }> {
      const folder = await mkdtemp(join(home, 'bin-'));
      const file = join(folder, 'opened');
      const script = `#!/bin/sh\nprintf '%s' "$*" > '${file}'\nexit ${code}\n`;
      for (const name of ['xdg-open', 'open']) await writeFile(join(folder, name), script, { mode: 0o755 });
      return { PATH: `${folder}:${process.env.PATH ?? ''}`, opened: () => readFile(file, 'utf8') };
    }

    it('that logs in whoever asks, once', async () => {
      const { code, stdout, stderr } = await jangteo(['console']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [, url, token = ''] = LINK.exec(stdout) ?? [];
      expect(url).toBe(shop.url);
      expect([await logIn(token), await logIn(token)]).toEqual([200, 401]);
      const { address } = await jsonOf<{ address: string }>('console');
      expect(address.startsWith(`${shop.url}/console/#login=`)).toBe(true);
    });

    it('and opens it in a browser where it is told to', async () => {
      const { PATH, opened } = await withOpener(0);
      const { code, stdout } = await jangteo(['console', '--open'], { PATH });
      expect(code).toBe(0);
      expect(await opened()).toBe(stdout.split('\n')[0]);
    });

    it('which is to be opened by hand where no browser can be opened', async () => {
      const { PATH } = await withOpener(3);
      for (const its of [PATH, await mkdtemp(join(home, 'none-'))]) {
        const { code, stdout } = await jangteo(['console', '--open'], { PATH: its });
        expect(code).toBe(1);
        expect(stdout).toMatch(LINK);
        expect(stdout).toContain('No browser could be opened here: open it by hand.');
      }
    });

    it('for staff only', async () => {
      const own = { XDG_CONFIG_HOME: join(home, 'customer') };
      const { email, password } = customer;
      const login = ['login', '--email', email, '--url', shop.url];
      await jangteo(login, { ...own, JANGTEO_PASSWORD: password });
      const refused = await jangteo(['console', '--open'], own);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('FORBIDDEN');
      const stranger = await jangteo(['console', '--url', shop.url], {
        XDG_CONFIG_HOME: join(home, 'nobody'),
      });
      expect(stranger.stderr).toContain('jangteo login begins a session.');
    });
  });

  it('shows the numbered records, a line each', async () => {
    const { code, stdout } = await jangteo(['events', '--json']);
    expect(code).toBe(0);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { orderId: string });
    expect(records.map((record) => record.orderId)).toContain(orderId);
  });

  it('watches an order to its end, a line each step', async () => {
    const { code, stdout } = await jangteo(['orders', 'watch', orderId]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^end .*orderStatus SUCCESS/);
  });

  it('calls any operation of the document', async () => {
    expect(await jsonOf('call', 'readProduct', `productId=${productId}`)).toMatchObject({ productId });
    const limited = await jsonOf<unknown[]>('call', 'listAllProducts', 'limit=1');
    expect(limited).toHaveLength(1);
    expect(
      await jsonOf('call', 'changeProduct', `productId=${productId}`, '--body', '{"name":"Tea cup"}'),
    ).toMatchObject({ name: 'Tea cup' });
  });

  it('audits the books', async () => {
    const { code, stdout } = await jangteo(['audit']);
    expect(stdout).toMatch(/^The books are sound, as of /m);
    expect(code).toBe(0);
  });

  it('ends with 1 and says why where the shop refuses', async () => {
    const unknown = '01920000-0000-7000-8000-000000000000';
    const { code, stdout, stderr } = await jangteo(['orders', 'show', unknown]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^.+ \(ORDER_NOT_FOUND\)\n$/);
  });

  it.each([
    [['dance']],
    [['orders', 'dance']],
    [['orders', 'show']],
    [['orders', 'list', '--unheard-of']],
    [['dead-letters', 'send']],
    [['dead-letters', 'send', 'wallet/1', '--all']],
    [['dead-letters', 'send', 'wallet/1', '--type', 'wallet.debit']],
    [['sagas', 'nudge', '--older-than', '5']],
    [['dead-letters', 'show', 'nowhere/1']],
    [['call', 'dance']],
    [['call', 'readProduct']],
    [['whoami', '--url', 'nowhere']],
    [['console', 'orders']],
  ])('ends with 2 where the command line does not fit: %j', async (args) => {
    const { code, stdout, stderr } = await jangteo(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('jangteo --help shows what there is.');
  });

  it('ends the session', async () => {
    const own = { XDG_CONFIG_HOME: join(home, 'own') };
    const { email, password } = customer;
    await jangteo(['login', '--email', email, '--url', shop.url], { ...own, JANGTEO_PASSWORD: password });
    expect((await jangteo(['logout'], own)).code).toBe(0);
    const after = await jangteo(['whoami', '--url', shop.url], own);
    expect(after.code).toBe(1);
    expect(after.stderr).toContain('jangteo login begins a session.');
  });
});
