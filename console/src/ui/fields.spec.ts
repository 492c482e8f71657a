import { expect, it } from '@jest/globals';
import { fieldsOf } from './fields.js';

it('ends the lines of what was written as the API does', () => {
  const data = new FormData();
  data.append('name', 'Cup');
  data.append('description', 'Porcelain\r\n180 ml\n');
  expect(fieldsOf(data)).toEqual({ name: 'Cup', description: 'Porcelain\n180 ml\n' });
});
