import { expect, it } from '@jest/globals';
import { csvOf } from './csv.js';

it('writes a CSV that no spreadsheet takes for formulas', () => {
  const cells = [
    ['name', 'total'],
    ['=HYPERLINK("x")', '-5'],
    ['a "b", c', '@y'],
  ];
  expect(csvOf(cells)).toBe(`name,total\r\n"'=HYPERLINK(""x"")",-5\r\n"a ""b"", c",'@y\r\n`);
});
