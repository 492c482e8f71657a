import { describe, expect, it } from '@jest/globals';
import { jangteoWords } from './ops-words.js';

describe('the words of npm run ops', () => {
  it.each([
    ['', ''],
    ['--help', '--help'],
    ['list --service wallet', 'dead-letters list --service wallet --limit 1000000'],
    ['list --limit=5', 'dead-letters list --limit=5'],
    ['list --failed-by malformed --limit 5', 'dead-letters list --reason malformed --limit 5'],
    ['send --all --failed-by=malformed', 'dead-letters send --all --reason=malformed'],
    ['show wallet/1', 'dead-letters show wallet/1'],
    ['drop wallet/1 order/2 --reason old', 'dead-letters drop wallet/1 order/2 --reason old'],
    ['sagas --older-than 5 --limit 1', 'sagas list --older-than 5 --limit 1'],
    ['sagas', 'sagas list --limit 1000000'],
    ['sagas list --json', 'sagas list --json'],
    ['sagas nudge --all', 'sagas nudge --all'],
    ['nudge --all', 'sagas nudge --all'],
    ['redrive --since a --until b', 'redrive --since a --until b'],
    ['log --since a --until=b', 'log --from a --to=b --limit 100'],
    ['orders list', 'orders list'],
    ['constructor', 'constructor'],
  ])('are said to jangteo: %s', (given, words) => {
    expect(jangteoWords(given.split(' ').filter(Boolean)).join(' ')).toBe(words);
  });
});
