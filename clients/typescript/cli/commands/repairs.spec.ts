import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, ScriptedShop } from '../../test/scripted-shop.js';
import { Jangteo } from '../../src/index.js';
import type { Given, Report } from '../command.js';
import { REPAIRS } from './repairs.js';

describe('commands that look before a repair', () => {
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
});
