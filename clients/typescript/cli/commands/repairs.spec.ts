import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, ScriptedShop } from '../../test/scripted-shop.js';
import { Jangteo } from '../../src/index.js';
import { UsageError, type Given, type Report } from '../command.js';
import { REPAIRS } from './repairs.js';

describe('commands that repair, and those that look before', () => {
  let server: ScriptedShop;
  beforeAll(async () => {
    server = await ScriptedShop.open();
  });
  afterAll(async () => {
    await server.close();
  });

  const report = async (name: string, given: Partial<Given>): Promise<Report> => {
    const command = REPAIRS.find((one) => one.name === name);
    const shop = new Jangteo({ url: server.url });
    return (await command?.run(shop, { names: [], fields: {}, ...given })) as Report;
  };

  it.each([
    [
      'dead-letters groups',
      { fields: { service: 'wallet' } },
      '/admin/dead-letters/groups?service=wallet',
      [{ service: 'wallet', type: 'wallet.debit', reason: 'UNREADABLE', count: 7, isMuted: true }],
      /wallet {3}wallet[.]debit {2}UNREADABLE {6}7 .* muted$/,
    ],
    [
      'audits',
      { fields: { limit: 3 } },
      '/admin/audits?limit=3',
      [{ auditId: 'a1', state: 'UNKNOWN', findings: 0, unknown: 2, unanswered: ['coupon', 'order'] }],
      /^a1 .*UNKNOWN .* coupon, order/m,
    ],
    [
      'operations show',
      { names: ['o1'] },
      '/admin/operations/o1',
      { operationId: 'o1', action: 'nudgeSagas', sent: 4, open: 1 },
      /^sent +4\nopen +1$/m,
    ],
  ])('show what there is: %s', async (name, given, path, answer, text) => {
    server.play(json(200, answer));
    const shown = await report(name, given);
    expect(server.asked.map((asked) => asked.path)).toEqual([path]);
    expect(shown.json).toEqual(answer);
    expect(shown.text).toMatch(text);
  });

  it('send all again in rounds, each of what waited when the first one began', async () => {
    const round = (sent: number, left: number) =>
      json(200, { sent, left, unsendable: 1, parkedUntil: 'then' });
    server.play(round(2, 3), round(3, 0));
    const fields = { all: true, service: 'wallet', type: 'wallet.debit' };
    const shown = await report('dead-letters send', { fields });
    expect(server.asked.map(({ path, body }) => [path, body])).toEqual([
      ['/admin/dead-letters/wallet/send', { type: 'wallet.debit' }],
      ['/admin/dead-letters/wallet/send', { type: 'wallet.debit', parkedUntil: 'then' }],
    ]);
    expect(shown.text).toMatch(/^5 sent again; 1 are requests/);
  });

  it('nudge all that make no progress, page by page', async () => {
    server.play(json(200, { nudged: 2, next: 'on' }), json(200, { nudged: 1 }));
    const shown = await report('sagas nudge', { fields: { all: true, olderThanSeconds: 9 } });
    expect(server.asked.map(({ body }) => body)).toEqual([
      { olderThanSeconds: 9 },
      { olderThanSeconds: 9, cursor: 'on' },
    ]);
    expect(shown.json).toEqual({ nudged: 3 });
  });

  it.each([
    [0, 0, undefined],
    [1, 0, 'wrong'],
    [0, 1, 'wrong'],
  ])(
    'redrive page by page, and with %i refused and %i unanswered end as %s',
    async (refused, left, verdict) => {
      const unansweredCommands = [{ orderId: 'o1', command: 'RefundWallet' }];
      const page = { moving: 1, unanswered: 0, refused: 0, refusals: [] };
      server.play(
        json(200, { ...page, redriven: 2, next: 'on' }),
        json(200, {
          ...page,
          redriven: 1,
          refused,
          unanswered: left,
          ...(left > 0 && { unansweredCommands }),
        }),
      );
      const since = '2026-01-01T12:00:00Z';
      const shown = await report('redrive', { fields: { since } });
      expect(server.asked.map(({ body }) => body)).toEqual([{ since }, { since, cursor: 'on' }]);
      expect(shown).toMatchObject({ json: { redriven: 3, moving: 2, refused } });
      expect(shown.verdict).toBe(verdict);
      const tells = /1 commands were not answered.*\n.*\no1 +RefundWallet$/.test(shown.text);
      expect(tells).toBe(left > 0);
    },
  );

  it.each([
    { names: [], fields: {} },
    { names: ['wallet/d1'], fields: { all: true } },
    { names: ['wallet/d1'], fields: { type: 'wallet.debit' } },
    { names: ['elsewhere/d1'], fields: {} },
    { names: ['d1'], fields: {} },
  ])('do nothing where it is not clear to what: %j', async (given) => {
    server.play();
    await expect(report('dead-letters send', given)).rejects.toThrow(UsageError);
    expect(server.asked).toEqual([]);
  });
});
