/*
 * These are printed into the site, and so need nothing around them.
 */

/** The words that somebody searches for. */
export const wordsOf = (text) => text.split(/[\s\p{Z}\p{P}\p{S}]+/u).filter((word) => word !== '');

/**
 * The words of a text as the search knows them. Korean hangs its particles and often the next noun on a word: so each
 * end of it of two syllables or more is a word too, and "취소" finds "주문취소를".
 */
export function tokensOf(text) {
  const words = text.split(/[\s\p{Z}\p{P}\p{S}]+/u).filter((word) => word !== '');
  return words.flatMap((word) => {
    if (!/^\p{Script=Hangul}{3,12}$/u.test(word)) return [word];
    return [...word].slice(0, -1).map((_, from) => word.slice(from));
  });
}
