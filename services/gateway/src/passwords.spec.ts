import { beforeAll, describe, expect, it } from '@jest/globals';
import { Passwords } from './passwords.js';

describe('Passwords', () => {
  const passwords = new Passwords({ PASSWORD_HASHES_MAX: 2, PASSWORDS_WAITING_MAX: 20 });

  beforeAll(() => passwords.onModuleInit());

  it('knows a password by its hash, and no other', async () => {
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
    expect(await passwords.verify('correct horse', hash)).toBe(true);
    expect(await passwords.verify('correct horsf', hash)).toBe(false);
    expect(await passwords.verify('', hash)).toBe(false);
  });

  it('salts, so that equal passwords have different hashes', async () => {
    expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'));
  });

  it('takes a hash that was made at another cost', async () => {
    const made = '$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$';
    await expect(passwords.verify('x', `${made}AAAAAAAAAAAAAAAAAAAAAA`)).resolves.toBe(false);
  });

  it('accepts nothing where there is no account, and takes as long for it', async () => {
    const hash = await passwords.hash('correct horse');
    const timeOf = async (stored: string | undefined): Promise<number> => {
      const startedAt = performance.now();
      expect(await passwords.verify('wrong horse', stored)).toBe(false);
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
    expect(results).toEqual(Array(20).fill(true));
    expect(ticks).toBeGreaterThan(20);
  });

  it('sends away who would have to wait too long', async () => {
    const crowd = await Promise.allSettled(Array.from({ length: 25 }, () => passwords.hash('p')));
    const refused = crowd.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
  });

  it('lets a newcomer from another address in before a crowd from one, and sends one of those away', async () => {
    const ended: string[] = [];
    const ask = (address: string): Promise<unknown> =>
      passwords.hash('p', address).then(
        () => ended.push(address),
        () => ended.push(`${address} sent away`),
      );
    const crowd = Array.from({ length: 22 }, () => ask('crowd'));
    const newcomer = ask('newcomer');
    await newcomer;
    expect(ended.slice(0, 2)).toContain('crowd sent away');
    expect(ended.indexOf('newcomer')).toBeLessThan(8);
    await Promise.all(crowd);
    expect(ended.filter((address) => address === 'crowd')).toHaveLength(21);
  });
});
