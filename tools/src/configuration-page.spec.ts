import { describe, expect, it } from '@jest/globals';
import { configurationPage, settings } from './configuration-page.js';

describe('docs/configuration.md', () => {
  it('says of each variable what it is', () => {
    expect(settings().filter(({ description }) => description === '')).toEqual([]);
    expect(settings().length).toBeGreaterThan(100);
  });

  it('tells apart what a variable of one name is in two services', () => {
    const sweeps = settings().filter(({ name }) => name === 'SWEEP_INTERVAL_MS');
    expect(sweeps.map(({ services }) => services)).toEqual([['wallet'], ['order']]);
  });

  it('has a default that one service has for itself beside that of the others', () => {
    expect(configurationPage()).toContain('| `DATABASE_LOCK_TIMEOUT_MS` | 1,500; gateway 3,000 |');
  });
});
