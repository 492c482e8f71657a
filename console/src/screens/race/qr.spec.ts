import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { pathOf, qrOf } from './qr.js';

/* As the Python library qrcode 8.2 makes them, of bytes at level M and with the mask that is best. */

const ADDRESS = 'https://shop.example/console/race/01920000-0000-7000-8000-0000000000d1';
const A = [
  '111111100101101111111',
  '100000101011001000001',
  '101110101101001011101',
  '101110101011001011101',
  '101110100100101011101',
  '100000100011001000001',
  '111111101010101111111',
  '000000001100000000000',
  '100000101011011001110',
  '100110000001110111001',
  '001011100110101100000',
  '010101011001111101010',
  '110100111101111111111',
  '000000001100100000101',
  '111111100111010011110',
  '100000100010001000111',
  '101110100111010011100',
  '101110100101111101000',
  '101110100101110111011',
  '100000100011111101000',
  '111111101010100100110',
];
/** Of the rows as 0 and 1, one a line. */
const DIGESTS: readonly [size: number, text: string, sha256: string][] = [
  [25, '장터 선착순 쿠폰', '0363d292633bf2e4c13a5a50a244ac2714ff15b87d3d1faa34e96866d6f74d0c'],
  [37, ADDRESS, '03205e1fef20aa3b349082717033da97915ac6a09626380e20939bbeaed2cbf7'],
  [49, 'Q'.repeat(150), '3e4e6125b33b29bddec6ee6d5ba7b7256a1e76b4db17f4a0fd0401754069c94e'],
  [57, 'Q'.repeat(213), 'fdf06d6677eabeb300ff4da05a2d7ded78a3de39cf1f64d95590fe6d316fb7e3'],
];

const rowsOf = (text: string): string[] =>
  qrOf(text)!.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''));

describe('a QR code', () => {
  it('of one letter is the one that others make', () => {
    expect(rowsOf('a')).toEqual(A);
  });

  it.each(DIGESTS)('of %d modules in a row is the one that others make', (size, text, sha256) => {
    const rows = rowsOf(text);
    expect(rows).toHaveLength(size);
    expect(createHash('sha256').update(rows.join('\n')).digest('hex')).toBe(sha256);
  });

  it('is as small as its text lets it be', () => {
    expect([14, 15, 26, 27, 42, 43].map((length) => rowsOf('x'.repeat(length)).length)).toEqual([
      21, 25, 25, 29, 29, 33,
    ]);
  });

  it('is none of a text that is too long', () => {
    expect(qrOf('Q'.repeat(214))).toBeUndefined();
    expect(qrOf('장'.repeat(72))).toBeUndefined();
  });

  it('is drawn by runs of its dark modules', () => {
    const modules = [
      [true, true, false],
      [false, false, false],
      [false, true, true],
    ];
    expect(pathOf(modules)).toBe('M0 0h2v1h-2zM1 2h2v1h-2z');
  });
});
