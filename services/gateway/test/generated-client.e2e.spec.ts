import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Product } from '@jangteo/contracts';
import { startShop, START_DEADLINE_MS, type Shop } from '@jangteo/testkit';

const run = promisify(execFile);
const packages = createRequire(import.meta.url);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

const CONFIG = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: 'es2024',
    module: 'nodenext',
    lib: ['es2024', 'dom'],
    types: ['node'],
    outDir: 'built',
    skipLibCheck: true,
  },
  files: ['shopping.ts'],
};

/** A program by somebody who knows the shop by its document alone. */
const PROGRAM = `
import { randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

const client = createClient<paths>({ baseUrl: process.env.SHOP_URL! });
const productId = process.env.PRODUCT_ID!;

function sure<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (data === undefined) throw new Error(response.status + ' ' + JSON.stringify(error));
  return data;
}

const account = { email: randomUUID() + '@example.com', password: 'correct horse', name: 'Mina' };
sure(await client.POST('/auth/register', { body: account }));
const { accessToken } = sure(await client.POST('/auth/login', { body: { email: account.email, password: account.password } }));
client.use({ onRequest: ({ request }) => request.headers.set('authorization', 'Bearer ' + accessToken) });

const charge = sure(
  await client.POST('/balance/charge', {
    params: { header: { 'Idempotency-Key': randomUUID() } },
    body: { amount: 50_000 },
  }),
);

const products = sure(await client.GET('/products', { params: { query: { limit: 100 } } }));
const cup: components['schemas']['Product'] | undefined = products.find((product) => product.productId === productId);

const placed = await client.POST('/orders', {
  params: { header: { 'Idempotency-Key': randomUUID(), Prefer: 'wait=30' } },
  body: { items: [{ productId, quantity: 2 }] },
});
const order = sure(placed);
const { history } = sure(await client.GET('/orders/{orderId}', { params: { path: { orderId: order.orderId } } }));

const refused = await client.POST('/orders', { body: { items: [{ productId, quantity: 1_000 }] } });
const { error } = refused;
// The code tells what else the problem carries.
const missing = error?.code === 'OUT_OF_STOCK' ? error.shortages?.map(({ available }) => available) : undefined;

// @ts-expect-error a quantity is a number
void ((): unknown => client.POST('/orders', { body: { items: [{ productId, quantity: '2' }] } }));
// @ts-expect-error there is no such path
void ((): unknown => client.GET('/prices', {}));
// @ts-expect-error the path names an order
void ((): unknown => client.GET('/orders/{orderId}', { params: { path: {} } }));

console.log(
  JSON.stringify({
    balance: 'currentBalance' in charge ? charge.currentBalance : undefined,
    name: cup?.name,
    status: order.orderStatus,
    total: order.totalPrice,
    steps: history.length,
    missing,
  }),
);
`;

describe('R30: a client generated from /openapi.json', () => {
  let shop: Shop;
  let cup: Product;
  let dir: string;

  beforeAll(async () => {
    shop = await startShop();
    cup = await shop.client.createProduct({ name: 'Tea cup', price: 12_000, stock: 40 });
    // Below the project, so that the client finds the packages that it needs.
    await mkdir(join(root, '.local'), { recursive: true });
    dir = await mkdtemp(join(root, '.local', 'client-'));
    const document = await fetch(`${shop.url}/openapi.json`);
    await writeFile(join(dir, 'openapi.json'), await document.text());
    await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify(CONFIG));
    await writeFile(join(dir, 'shopping.ts'), PROGRAM);
  }, START_DEADLINE_MS);

  afterAll(async () => {
    await shop?.stop();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  it('compiles under strict TypeScript, and orders', async () => {
    const generator = join(dirname(packages.resolve('openapi-typescript/package.json')), 'bin', 'cli.js');
    await run(process.execPath, [generator, 'openapi.json', '--output', 'api.d.ts'], { cwd: dir });
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = await run(process.execPath, [compiler, '-p', dir]).catch(
      ({ stdout }: { stdout: string }) => ({ stdout }),
    );
    expect(compiled.stdout).toBe('');

    const env = { ...process.env, SHOP_URL: shop.url, PRODUCT_ID: cup.productId };
    const { stdout } = await run(process.execPath, [join(dir, 'built', 'shopping.js')], { env });
    expect(JSON.parse(stdout)).toEqual({
      balance: 50_000,
      name: 'Tea cup',
      status: 'SUCCESS',
      total: 24_000,
      steps: expect.any(Number),
      missing: [38],
    });
  });
});
