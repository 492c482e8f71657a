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

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['@sum', "'@sum"],
  ['-1+cmd', "'-1+cmd"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['-12.50', '-12.50'],
  ['a=b', 'a=b'],
])('%j stands in a cell as %j: nothing that a customer wrote is a formula', (text, cell) => {
  expect(csvOf([[text]])).toBe(`${cell}\r\n`);
});

it.each(['a"b', 'a,b', 'a\rb', 'a\nb'])('%j stays in its cell', (text) => {
  expect(csvOf([[text, 'c']])).toBe(`"${text.replace('"', '""')}",c\r\n`);
});
