import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

/** Where a shop is shared, by the settings that it is wanted with: as it comes, or with some of its own. */
const SHARED = /\bshareShop\((?<settings>[{)])/;

/**
 * The place of a test file among others. Those that take long come first, so that at the end each worker has something
 * short left to do. Those that share a shop come one after the other: with settings of their own before those without,
 * for whom nothing has to be started anew once the first of them has it.
 */
export function placeOf(path, text) {
  const shared = SHARED.exec(text);
  if (shared !== null) return shared.groups.settings === ')' ? 2 : 1;
  if (/\bstartShop\(|[.]e2e[.]spec[.]ts$/.test(text + path)) return 0;
  return /[.](int|contract)[.]spec[.]ts$/.test(path) ? 3 : 4;
}

export default class LongestFirst extends Sequencer {
  /** By their places; within one as jest has them, by how long they took here last, or else by their size. */
  sort(tests) {
    const places = new Map(tests.map(({ path }) => [path, placeOf(path, readFileSync(path, 'utf8'))]));
    return super.sort(tests).sort((a, b) => places.get(a.path) - places.get(b.path));
  }
}
