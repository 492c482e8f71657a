import { describe, expect, it } from '@jest/globals';
import { ANY_NUMBER, givenOf, helpOf, UsageError, type Command } from './command.js';
import { COMMANDS } from './commands/index.js';

const COMMAND: Command = {
  name: 'cups list',
  about: 'Lists cups.',
  names: '<shelf> [row] ...',
  options: {
    size: { value: '<n>', kind: 'number', least: 2, most: 9, about: 'how large', isRequired: true },
    count: { value: '<n>', kind: 'number', about: 'how many' },
    change: { value: '<n>', kind: 'number', least: ANY_NUMBER, about: 'how many more' },
    from: { value: '<time>', kind: 'time', field: 'madeFrom', about: 'since when' },
    broken: { about: 'those too' },
  },
  run: () => Promise.reject(new Error('not run')),
};

describe('a command line', () => {
  it('is names, and fields as the shop calls them', () => {
    const args = ['a', '--size', '3', '--from', '2026-01-01T12:00:00+09:00', '--broken', 'b', '--json'];
    expect(givenOf(COMMAND, args)).toEqual({
      names: ['a', 'b'],
      fields: { size: 3, madeFrom: '2026-01-01T03:00:00.000Z', broken: true },
      url: undefined,
      json: true,
    });
    const numbers = ['a', '--size=2', '--count=0', '--change=-3', '--url', 'http://shop'];
    expect(givenOf(COMMAND, numbers).fields).toEqual({ size: 2, count: 0, change: -3 });
  });

  it.each([
    ['without a name', ['--size', '3']],
    ['without what is needed', ['a']],
    ['with a number that is none', ['a', '--size', '3x']],
    ['with an empty number', ['a', '--size', '']],
    ['with a number that is too small', ['a', '--size=1']],
    ['with a number that is too large', ['a', '--size=10']],
    ['with a number below 0 where nothing else is said', ['a', '--size=2', '--count=-1']],
    ['with a time without a zone', ['a', '--size', '3', '--from', '2026-01-01T12:00:00']],
    ['with what nobody knows', ['a', '--size', '3', '--colour', 'red']],
  ])('is refused %s', (_what, args) => {
    expect(() => givenOf(COMMAND, args)).toThrow(UsageError);
  });

  it('is refused with a name too many', () => {
    expect(() => givenOf({ ...COMMAND, names: '<shelf>', options: {} }, ['a', 'b'])).toThrow(UsageError);
    expect(() => givenOf({ ...COMMAND, names: undefined, options: {} }, ['a'])).toThrow(UsageError);
  });
});

describe('commands', () => {
  it('show one or more', () => {
    const listing = COMMANDS.filter(({ options }) => options?.limit !== undefined);
    expect(listing.length).toBeGreaterThan(10);
    for (const command of listing)
      for (const limit of ['--limit=0', '--limit=-5'])
        expect(() => givenOf(command, [...(command.names ? ['x'] : []), limit])).toThrow('from 1 on');
  });

  it('have a name each, which no other one begins with', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const groups = names.flatMap((name) => (name.includes(' ') ? [name.split(' ')[0]] : []));
    expect(names.filter((name) => groups.includes(name))).toEqual([]);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'tell how %s is called',
    (name, command) => {
      const help = helpOf(`jangteo ${command.name}`, command);
      expect(help.startsWith(`Usage: jangteo ${name}`)).toBe(true);
      for (const option of [...Object.keys(command.options ?? {}), 'url', 'json'])
        expect(help).toContain(`--${option}`);
      const least = (command.names ?? '').match(/<[^>]*>/g) ?? [];
      const needed = Object.entries(command.options ?? {}).filter(([, { isRequired }]) => isRequired);
      const values = needed.flatMap(([option, { kind }]) => [
        `--${option}`,
        kind === undefined ? 'x' : kind === 'time' ? '2026-01-01T12:00:00Z' : '1',
      ]);
      expect(givenOf(command, [...least, ...values]).names).toEqual(least);
    },
  );
});
