import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '@jangteo/infra';
import { AdminClient, type AdminAccess } from './admin-client.js';
import { localDir } from './paths.js';

/** Kept beside the data, so that a shop is asked once whether it begins with demo data. */
const markPath = join(localDir, 'demo.json');

const products = [
  { name: 'Celadon tea cup', price: 18_000, stock: 120 },
  { name: 'Brass spoon and chopsticks', price: 24_000, stock: 80 },
  {
    name: 'Linen apron',
    price: 39_000,
    options: [
      { name: 'S', stock: 15 },
      { name: 'M', stock: 25 },
      { name: 'L', additionalPrice: 2_000, stock: 10 },
    ],
  },
  {
    name: 'Roasted barley tea',
    price: 7_500,
    options: [
      { name: '100 g', stock: 300 },
      { name: '500 g', additionalPrice: 22_000, stock: 60 },
    ],
  },
  { name: 'Persimmon vinegar', price: 16_500, stock: 45 },
  { name: 'Hand-made paper lamp, the only three', price: 145_000, stock: 3 },
];

const coupons = [
  { name: 'First thirty: a third off', discountType: 'PERCENT', discountValue: 33, totalQuantity: 30 },
];

/**
 * Gives a new shop something to sell and a coupon worth racing for, through its API as an admin would.
 * Only at a shop's first start: whoever began with an empty shop, or took the goods off sale, finds it so.
 *
 * @param wanted false for a shop that is to begin empty
 * @returns whether anything was made now
 * @throws Error when the shop refuses; the next start goes on where this one stopped
 */
export async function stockDemo(access: AdminAccess, wanted: boolean): Promise<boolean> {
  if (existsSync(markPath)) return false;
  if (wanted) {
    await AdminClient.during(access, async (client) => {
      for (const product of products) await create(client, '/products', product);
      for (const coupon of coupons) await create(client, '/coupons', coupon);
    });
  }
  await writePrivate(markPath, `${JSON.stringify({ demoData: wanted })}\n`);
  return wanted;
}

/** A start that died half-way repeats its requests: under the same keys they make nothing twice. */
async function create(client: AdminClient, path: string, draft: { name: string }): Promise<void> {
  await client.post(path, draft, { 'idempotency-key': `demo: ${draft.name}` });
}
