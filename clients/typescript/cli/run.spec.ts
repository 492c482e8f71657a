import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { json, problem, ScriptedShop } from '../test/scripted-shop.js';
import { Jangteo } from '../src/index.js';
import { COMMANDS, runCommand, type Ending } from './run.js';

describe('a command', () => {
  let server: ScriptedShop;
  let out: string[];
  let aside: string[];
  beforeAll(async () => {
    server = await ScriptedShop.open();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(() => {
    [out, aside] = [[], []];
    jest.spyOn(console, 'log').mockImplementation((text) => void out.push(String(text)));
    jest.spyOn(console, 'error').mockImplementation((text) => void aside.push(String(text)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const run = async (...args: readonly string[]): Promise<Ending> =>
    await runCommand(args, {
      name: 'shopkeep',
      commands: COMMANDS,
      help: 'That is all.',
      helpOfEach: 'As the keeper.',
      strangerHint: 'Knock first.',
      during: async (_url, _command, work) => await work(new Jangteo({ url: server.url, retry: false })),
    });

  const check = { name: 'stock', about: 'Stock is conserved', examples: [], seen: [], unanswered: [] };
  const audit = (isSound: boolean, findings: number) =>
    json(200, {
      isSound,
      checkedAt: '2026-01-01T00:00:00.000Z',
      tookMs: 1,
      checks: [{ ...check, findings }],
      unanswered: [],
    });

  it.each<[Ending, boolean, number]>([
    ['fine', true, 0],
    ['wrong', false, 1],
    ['unknown', false, 0],
  ])('ends %s as the books are', async (ending, isSound, findings) => {
    server.play(audit(isSound, findings));
    expect(await run('audit')).toBe(ending);
  });

  it('ends wrong where what is kept differs from what there is, however sound it looks', async () => {
    const difference = { source: 'orders', book: 'paid', after: '0'.repeat(36), upTo: '0'.repeat(36) };
    const next = { source: 'orders', after: 'o1' };
    const step = (differences: object[], more = {}) => json(200, { rows: 2, differences, ...more });
    server.play(
      step([difference], { next }),
      step([]),
      step([]),
      step([]),
      step([]),
      step([]),
      audit(true, 0),
    );
    expect(await run('audit', '--from-nothing')).toBe('wrong');
    expect(server.asked[1]?.path).toBe('/admin/audit/proof/wallet?source=orders&after=o1');
    expect(aside).toContain('  wallet: 4 rows counted again, 1 WRONG');
    expect(aside).toContain('  ranking: 2 rows counted again, all as kept');
  });

  it('goes on where it is watched, until it fails', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'], advanceTimers: 200 });
    try {
      server.play(audit(false, 1), audit(true, 0), problem(503, 'SERVICE_UNAVAILABLE'));
      expect(await run('audit', '--watch', '1', '--json')).toBe('failed');
      expect(out.map((line) => (JSON.parse(line) as { isSound: boolean }).isSound)).toEqual([false, true]);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['1', '</admin/log?cursor=c>; rel="next"', ['There are more: --limit <n> shows so many.']],
    ['1', '', []],
  ])('says on the side whether there are more than %s: link %s', async (limit, link, told) => {
    server.play(json(200, [{ at: 'now', actorId: 'a', action: 'restock', result: 'DONE' }], { link }));
    expect(await run('log', '--limit', limit)).toBe('fine');
    expect(aside).toEqual(told);
  });

  it.each<[Ending, boolean]>([
    ['fine', true],
    ['wrong', false],
  ])('ends %s where a test of a webhook is delivered: %s', async (ending, isDelivered) => {
    server.play(json(200, { number: 1, messageId: 'webhook-test-1', isDelivered }));
    expect(await run('webhooks', 'test', 'w1')).toBe(ending);
    expect(out.join('\n')).toContain(`isDelivered  ${isDelivered}`);
  });

  it('tells nobody to log in whose password is wrong', async () => {
    server.play(problem(401, 'INVALID_CREDENTIALS'));
    expect(await run('whoami')).toBe('failed');
    expect(aside).toEqual(['INVALID_CREDENTIALS (INVALID_CREDENTIALS)']);
  });

  it('tells a stranger what to do', async () => {
    server.play(problem(401, 'UNAUTHENTICATED', { headers: { 'x-request-id': 'r1' } }));
    expect(await run('whoami')).toBe('failed');
    expect(aside.at(-1)).toBe('Knock first.');
  });

  it.each<[number, string, string[]]>([
    [500, 'INTERNAL', ["The shop's logs have it under r1."]],
    [503, 'SERVICE_UNAVAILABLE', ["If it was no overload, the shop's logs have it under r1."]],
    [409, 'OUT_OF_STOCK', []],
  ])('says of a %d under which name the logs have it, if they do', async (status, code, told) => {
    server.play(problem(status, code, { headers: { 'x-request-id': 'r1' } }));
    expect(await run('whoami')).toBe('failed');
    expect(aside).toEqual([`${code} (${code})`, ...told]);
  });

  it('is called as its caller is named', async () => {
    expect(await run('dance')).toBe('misused');
    expect(aside).toEqual(['There is no command dance\nshopkeep --help shows what there is.']);
    expect(await run('--help')).toBe('fine');
    expect(out[0]).toMatch(/^Usage: shopkeep <command>[^]*That is all[.]$/);
    expect(await run('audit', '-h')).toBe('fine');
    expect(out[1]).toMatch(/^Usage: shopkeep audit [^]*As the keeper[.]$/);
  });
});
