import { argon2Sync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Passwords, type Turn } from './passwords.js';

describe('Passwords', () => {
  const passwords = new Passwords({ PASSWORD_HASHES_MAX: 2, PASSWORDS_WAITING_MAX: 20 });

  beforeAll(() => passwords.onModuleInit());

  it('knows a password by its hash, and no other', async () => {
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
    expect(await passwords.verify('correct horse', hash)).toBe('right');
    expect(await passwords.verify('correct horsf', hash)).toBe('wrong');
    expect(await passwords.verify('', hash)).toBe('wrong');
  });

  it('salts, so that equal passwords have different hashes', async () => {
    expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'));
  });

  it('takes a hash that was made at another cost', async () => {
    const made = '$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$';
    await expect(passwords.verify('x', `${made}AAAAAAAAAAAAAAAAAAAAAA`)).resolves.toBe('wrong');
  });

  it('accepts nothing where there is no account, and takes as long for it', async () => {
    const hash = await passwords.hash('correct horse');
    const timeOf = async (stored: string | undefined): Promise<number> => {
      const startedAt = performance.now();
      expect(await passwords.verify('wrong horse', stored)).toBe('wrong');
      return performance.now() - startedAt;
    };
    // Taken in turns, and the fastest of each: whatever else the machine does only ever adds to a time.
    const times: { readonly known: number; readonly unknown: number }[] = [];
    for (let round = 0; round < 10; round += 1) {
      times.push({ known: await timeOf(hash), unknown: await timeOf(undefined) });
    }
    const fastest = (of: 'known' | 'unknown') => Math.min(...times.map((time) => time[of]));
    const ratio = fastest('unknown') / fastest('known');
    // Without the hash the answer would come more than a hundred times sooner.
    expect(ratio).toBeGreaterThan(0.1);
    expect(ratio).toBeLessThan(10);
  });

  it('leaves the event loop free and finishes many more than run at a time', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    const hash = await passwords.hash('p');
    const results = await Promise.all(Array.from({ length: 20 }, () => passwords.verify('p', hash)));
    clearInterval(timer);
    expect(results).toEqual(Array(20).fill('right'));
    expect(ticks).toBeGreaterThan(20);
  });

  it('sends away who would have to wait too long', async () => {
    const crowd = await Promise.allSettled(Array.from({ length: 25 }, () => passwords.hash('p')));
    const refused = crowd.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
  });

  it('knows a password however it was typed, and one that was hashed as it was typed', async () => {
    const [composed, decomposed] = [
      'caf\u00e9 \ud55c\uae00 1',
      'cafe\u0301\u00a0\u1112\u1161\u11ab\u1100\u1173\u11af 1',
    ];
    expect(await passwords.verify(decomposed, await passwords.hash(composed))).toBe('right');
    expect(await passwords.verify(composed, await passwords.hash(decomposed))).toBe('right');
    const salt = Buffer.from('sixteen bytes 16');
    const former = argon2Sync('argon2id', {
      message: decomposed,
      nonce: salt,
      memory: 64,
      passes: 1,
      parallelism: 1,
      tagLength: 32,
    });
    const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
    const stored = `$argon2id$v=19$m=64,t=1,p=1$${unpadded(salt)}$${unpadded(former)}`;
    expect(await passwords.verify(decomposed, stored)).toBe('right as typed');
    expect(await passwords.verify(composed, stored)).toBe('wrong');
  });

  const login = (...networks: string[]): Turn => ({ networks, rank: 'login' });

  /** Hashes for one after the other, all at once, and says in which order they ended. */
  function asker(of = passwords): { ended: string[]; ask: (name: string, turn: Turn) => Promise<unknown> } {
    const ended: string[] = [];
    const ask = (name: string, turn: Turn): Promise<unknown> =>
      of.hash('p', turn).then(
        () => ended.push(name),
        () => ended.push(`${name} sent away`),
      );
    return { ended, ask };
  }

  it('lets a newcomer from another address in before a crowd from one, and sends one of those away', async () => {
    const { ended, ask } = asker();
    const crowd = Array.from({ length: 22 }, () => ask('crowd', login('crowd')));
    await ask('newcomer', login('newcomer'));
    expect(ended.slice(0, 2)).toContain('crowd sent away');
    expect(ended.indexOf('newcomer')).toBeLessThan(8);
    await Promise.all(crowd);
    expect(ended.filter((name) => name === 'crowd')).toHaveLength(21);
  });

  it('takes a crowd of many addresses of one network for one', async () => {
    const { ended, ask } = asker();
    const crowd = Array.from({ length: 40 }, (_, n) => ask('crowd', login(`${n}`, `home ${n % 7}`, 'site')));
    await ask('newcomer', login('address', 'home', 'elsewhere'));
    expect(ended).toContain('newcomer');
    expect(ended.filter((name) => name === 'crowd').length).toBeLessThan(8);
    await Promise.all(crowd);
  });

  it('checks logins before it hashes for registrations, and those from known places first', async () => {
    // One at a time, so that they end in the order in which they were begun.
    const { ended, ask } = asker(new Passwords({ PASSWORD_HASHES_MAX: 1, PASSWORDS_WAITING_MAX: 20 }));
    const asked = Array.from({ length: 6 }, (_, n) =>
      ask('registration', { networks: [`${n}`], rank: 'registration' }),
    );
    asked.push(...Array.from({ length: 4 }, (_, n) => ask('login', login(`${n}`))));
    asked.push(ask('known', { networks: ['0'], rank: 'known' }));
    await Promise.all(asked);
    // The first was begun before anybody else was there.
    const [first, ...others] = ended;
    expect(first).toBe('registration');
    expect(others).toEqual(['known', ...Array(4).fill('login'), ...Array(5).fill('registration')]);
  });
});
