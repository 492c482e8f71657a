import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Jangteo } from '@jangteo/client';
import { writePrivate } from '@jangteo/infra';
import { asAdmin, type AdminAccess } from './admin.js';
import { demoGoods, type DemoLanguage } from './demo-goods.js';
import { localDir } from './paths.js';
import { DEMO_ROLES, type DemoRole, type LocalSecrets } from './secrets.js';

/** Kept beside the data, so that a shop is asked once whether it begins with demo data. */
const markPath = join(localDir, 'demo.json');

const names: Readonly<Record<DemoLanguage, Readonly<Record<DemoRole, string>>>> = {
  ko: { operator: '박운영', viewer: '김열람' },
  en: { operator: 'Operator Park', viewer: 'Viewer Kim' },
};

/** Somebody who came with the demo data, and how they log in. */
export interface DemoLogin {
  readonly role: DemoRole;
  readonly email: string;
  readonly password: string;
}

export interface DemoWanted {
  readonly language: DemoLanguage;
  readonly passwords: LocalSecrets['demoPasswords'];
}

/**
 * Gives a new shop something to sell, coupons worth racing for, an operator and a viewer, through its API as an admin
 * would. Only at a shop's first start: whoever began with an empty shop, or took the goods off sale, finds it so.
 *
 * @param wanted undefined for a shop that is to begin empty
 * @returns whether anything was made now
 * @throws Error when the shop refuses; the next start goes on where this one stopped
 */
export async function stockDemo(access: AdminAccess, wanted: DemoWanted | undefined): Promise<boolean> {
  if (existsSync(markPath)) return false;
  if (wanted !== undefined) {
    const { products, coupons } = demoGoods(wanted.language);
    await asAdmin(access, async (shop) => {
      for (const login of loginsOf(wanted.passwords)) await hire(shop, login, wanted.language);
      // A start that died half-way repeats its requests: under the same keys they make nothing twice.
      for (const [index, draft] of products.entries())
        await shop.products.create(draft, { idempotencyKey: `demo: /products ${index}` });
      for (const [index, draft] of coupons.entries())
        await shop.coupons.create(draft, { idempotencyKey: `demo: /coupons ${index}` });
    });
  }
  const isStocked = wanted !== undefined;
  await writePrivate(markPath, `${JSON.stringify({ demoData: isStocked, demoLogins: isStocked })}\n`);
  return isStocked;
}

/** Logins that came with the demo data of this shop. */
export async function demoLogins(passwords: LocalSecrets['demoPasswords']): Promise<DemoLogin[]> {
  const text = await readFile(markPath, 'utf8').catch(() => '{}');
  const { demoLogins: areThere = false } = JSON.parse(text) as { demoLogins?: boolean };
  return areThere ? loginsOf(passwords) : [];
}

function loginsOf(passwords: LocalSecrets['demoPasswords']): DemoLogin[] {
  return DEMO_ROLES.map((role) => ({ role, email: `${role}@jangteo.local`, password: passwords[role] }));
}

async function hire(
  shop: Jangteo,
  { role, email, password }: DemoLogin,
  language: DemoLanguage,
): Promise<void> {
  const person = { email, password, name: names[language][role] };
  const { userId } = await shop.auth.register(person, { idempotencyKey: `demo: ${role}` });
  await shop.admin.changeUser(userId, { role });
}
