import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const THEMES = ['light', 'dark'] as const;

/** The colours of a theme, by name. */
function coloursOf(theme: (typeof THEMES)[number]): Map<string, string> {
  const pairs = css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
  return new Map([...pairs].map(([, name, light, dark]) => [name!, theme === 'light' ? light! : dark!]));
}

/** Relative luminance (WCAG 2.2). */
function luminanceOf(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrastOf(one: string, other: string): number {
  const [high = 0, low = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['bg', 'bg-raised', 'bg-sunken'];
const TONES = ['neutral', 'working', 'done', 'undone', 'act'];

/** Text on what is behind it, and the least contrast: 4.5 for text, 3 for what is only seen (WCAG 1.4.3, 1.4.11). */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ...['text', 'text-soft', 'text-faint', 'accent'].flatMap((text) =>
    [...GROUNDS, 'accent-soft']
      .filter((ground) => !(text === 'text-faint' && ground === 'accent-soft'))
      .map((ground) => [text, ground, 4.5] as const),
  ),
  ['on-accent', 'accent', 4.5],
  ...TONES.flatMap((tone) => [
    [`${tone}-text`, `${tone}-soft`, 4.5] as const,
    ...GROUNDS.map((ground) => [`${tone}-text`, ground, 4.5] as const),
    ...GROUNDS.map((ground) => [tone, ground, 3] as const),
  ]),
  ...GROUNDS.map((ground) => ['line-strong', ground, 3] as const),
];

describe.each(THEMES)('colours in the %s theme', (theme) => {
  const colours = coloursOf(theme);
  it.each(PAIRS)('let %s be read on %s, %d to 1', (text, ground, least) => {
    expect(contrastOf(colours.get(text)!, colours.get(ground)!)).toBeGreaterThanOrEqual(least);
  });
});
