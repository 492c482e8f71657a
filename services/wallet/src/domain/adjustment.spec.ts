import { describe, expect, it } from '@jest/globals';
import { refuse } from '@jangteo/contracts';
import { decideAdjustments } from './adjustment.js';

const now = new Date('2026-01-10T00:00:00.000Z');
const operation = { key: 'key', fingerprint: '' };
const kim = { userId: 'kim', balance: 1_000, held: 300, movements: 7 };

function adjust(...amounts: (number | [userId: string, amount: number])[]) {
  let ids = 0;
  const requests = amounts.map((asked) => {
    const [userId, amount] = typeof asked === 'number' ? ['kim', asked] : asked;
    return { operation, userId, adjustment: { amount, reason: 'Charged twice' }, actorId: 'admin' };
  });
  return decideAdjustments([kim], requests, { balanceMax: 5_000, now, newId: () => `id-${(ids += 1)}` });
}

describe('putting a balance right', () => {
  it('leaves a row of the ledger with its reason and who made it', () => {
    const { outcomes, changes } = adjust(-400, ['lee', 250]);
    expect(outcomes).toEqual([
      {
        ok: true,
        value: {
          transactionId: 'id-2',
          transactionType: 'ADJUSTMENT',
          amount: -400,
          balanceBefore: 1_000,
          balanceAfter: 600,
          reason: 'Charged twice',
          actorId: 'admin',
          createdAt: '2026-01-10T00:00:00.000Z',
        },
      },
      expect.objectContaining({ ok: true }),
    ]);
    expect(changes.movements).toMatchObject([
      { userId: 'kim', position: 8, type: 'ADJUSTMENT', adjustmentId: 'id-1', reason: 'Charged twice' },
      { userId: 'lee', position: 1, balanceBefore: 0, balanceAfter: 250 },
    ]);
    expect(changes.wallets).toMatchObject([{ userId: 'kim', balance: 600, held: 300 }, { userId: 'lee' }]);
  });

  it('never goes below 0, each of several finding what those before it left', () => {
    const { outcomes, changes } = adjust(-1_001, -600, -401, -400);
    const short = (amount: number, there: number) =>
      refuse('INSUFFICIENT_BALANCE', `${amount} is due, ${there} is there`);
    expect(outcomes).toMatchObject([short(1_001, 1_000), { ok: true }, short(401, 400), { ok: true }]);
    expect(changes.wallets).toMatchObject([{ balance: 0 }]);
  });

  it('never passes the largest balance, with what charges hold', () => {
    const { outcomes } = adjust(3_701, 3_700, 1, -1, 1);
    const over = refuse('BALANCE_LIMIT_EXCEEDED');
    expect(outcomes).toMatchObject([over, { ok: true }, over, { ok: true }, { ok: true }]);
  });
});
