import { describe, expect, it } from '@jest/globals';
import { mayEnter, passingCapability } from './postgres-account.js';

describe('the account that runs PostgreSQL for root', () => {
  it.each([
    ['its owner', { uid: 7, gid: 1, mode: 0o40700 }, true],
    ['its owner, who is shut out', { uid: 7, gid: 7, mode: 0o40077 }, false],
    ['its group', { uid: 0, gid: 8, mode: 0o40710 }, true],
    ['its group, which is shut out', { uid: 0, gid: 8, mode: 0o40701 }, false],
    ['others', { uid: 0, gid: 0, mode: 0o40711 }, true],
    ['others, who are shut out', { uid: 0, gid: 0, mode: 0o40710 }, false],
  ])('enters a folder as %s', (_whom, folder, enters) => {
    expect(mayEnter(folder, { uid: 7, gid: 8 })).toBe(enters);
  });

  it('is lent what root has of the capabilities to pass closed folders', () => {
    const status = (bounds: string) =>
      `Name:\tnode\nCapEff:\t0000000000000000\nCapBnd:\t${bounds}\nSeccomp:\t0\n`;
    expect(passingCapability(status('000001ffffffffff'))).toBe('dac_read_search');
    // Docker's default.
    expect(passingCapability(status('00000000a80425fb'))).toBe('dac_override');
    expect(passingCapability('')).toBe('dac_read_search');
  });
});
