import { existsSync, globSync } from 'node:fs';
import { services } from '@jangteo/tools';
import { seconds } from '../../report/invariants.js';
import type { Nemesis } from '../nemesis.js';

/** Places of the library on Debian, Fedora and others; MT is the one for programs with threads. */
const LIBRARIES = '/usr/lib{,64}/{*/,}faketime/libfaketimeMT.so.1';
const [library] = globSync(LIBRARIES);

export const wrongClock: Nemesis = {
  test: 19,
  name: 'wrong clock',
  about: 'a service runs with its clock an hour ahead or behind',
  hindrance: () =>
    library !== undefined && existsSync(library) ? undefined : 'libfaketime is not installed',
  plan(dice, lengthMsMax) {
    const victims = dice.some(services, dice.pick([1, 1, 2]));
    const offset = dice.pick(['+1h', '-1h', '+25s', '-25s']);
    const ms = Math.min(lengthMsMax, dice.whole(4_000, 12_000));
    return {
      what: `the clock of ${victims.join(', ')} wrong by ${offset} for ${seconds(ms)}`,
      claims: victims,
      async run(arena) {
        const env = { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
        await Promise.all(victims.map((victim) => arena.restart(victim, env)));
        await arena.last(ms);
        await Promise.all(victims.map((victim) => arena.restart(victim)));
      },
    };
  },
};
