import type { Telling } from './tell.js';
import { timelineWords } from './words.js';

/** A telling without the names of products, with amounts as they are. */
export const telling = (language: 'en' | 'ko', its: Partial<Telling> = {}): Telling => ({
  words: timelineWords[language],
  money: (amount) => amount.toLocaleString('en-US'),
  reasonOf: (code) => code,
  nameOf: () => undefined,
  ...its,
});
