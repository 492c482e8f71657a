import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../program.js';
import { readOpsOptions } from './options.js';

describe('the command line of npm run ops', () => {
  it('is help where nothing is asked for', () => {
    expect(readOpsOptions([])).toBe('help');
    expect(readOpsOptions(['list', '-h'])).toBe('help');
  });

  it('says which dead letters are meant', () => {
    const args = ['list', '--service', 'wallet', '--failed-by', 'malformed', '--state', 'DROPPED', '--json'];
    expect(readOpsOptions(args)).toMatchObject({
      command: 'list',
      filter: { service: 'wallet', reason: 'malformed' },
      state: 'DROPPED',
      json: true,
    });
  });

  it('names what is done to, and why', () => {
    expect(readOpsOptions(['drop', 'wallet/1', 'order/2', '--reason', 'old'])).toMatchObject({
      command: 'drop',
      names: ['wallet/1', 'order/2'],
      reason: 'old',
    });
    expect(readOpsOptions(['nudge', '--all', '--older-than', '5'])).toMatchObject({
      all: true,
      olderThanSeconds: '5',
    });
  });

  it('takes times in any zone, and none without', () => {
    const since = '2026-01-01T12:00:00+09:00';
    expect(readOpsOptions(['redrive', '--since', since])).toMatchObject({
      since: '2026-01-01T03:00:00.000Z',
      until: undefined,
    });
    expect(() => readOpsOptions(['redrive', '--since', '2026-01-01T12:00:00'])).toThrow(UsageError);
    expect(() => readOpsOptions(['redrive', '--since', since, '--until', 'soon'])).toThrow(UsageError);
  });

  it('says whose doing is meant, and to what', () => {
    expect(
      readOpsOptions(['log', '--by', 'a', '--target', 'b', '--since', '2026-01-01T00:00:00Z']),
    ).toMatchObject({
      command: 'log',
      by: 'a',
      target: 'b',
      since: '2026-01-01T00:00:00.000Z',
    });
  });

  it.each([
    ['dance'],
    ['log', 'x'],
    ['list', '--by', 'x'],
    ['list', 'wallet/1'],
    ['list', '--all'],
    ['show'],
    ['show', 'wallet/1', '--all'],
    ['send'],
    ['send', 'wallet/1', '--all'],
    ['send', 'wallet/1', '--type', 'wallet.debit'],
    ['drop', 'wallet/1'],
    ['drop', '--reason', 'x'],
    ['sagas', '--type', 'x'],
    ['nudge'],
    ['nudge', 'x', '--older-than', '5'],
    ['nudge', '--all', '--since', '2026-01-01T12:00:00Z'],
    ['redrive'],
    ['redrive', 'x', '--since', '2026-01-01T12:00:00Z'],
    ['list', '--unheard-of'],
  ])('is refused where it does not fit: %s %s %s', (...args) => {
    expect(() => readOpsOptions(args)).toThrow(UsageError);
  });
});
