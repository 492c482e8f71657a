import { describe, expect, it } from '@jest/globals';
import type { DeclaredColumn, DeclaredTable } from '@jangteo/database';
import { entityDiagram } from './entities.js';

const column = (name: string, more: Partial<DeclaredColumn> = {}): DeclaredColumn => {
  return { name, type: 'uuid', isPrimary: false, isNullable: false, ...more };
};

const SHELVES: DeclaredTable = {
  name: 'shelves',
  columns: [column('shelf_id', { isPrimary: true })],
  keys: [['shelf_id']],
  references: [],
};

const BOOKS: DeclaredTable = {
  name: 'books',
  columns: [column('book_id', { isPrimary: true }), column('shelf', { isNullable: true })],
  keys: [['book_id']],
  references: [{ column: 'shelf', table: 'shelves' }],
};

describe('a diagram of tables', () => {
  it('has each column with its marks, and a solid line for a foreign key', () => {
    const diagram = entityDiagram([BOOKS], [BOOKS, SHELVES]);
    expect(diagram).toContain('shelves |o--o{ books : shelf\n');
    expect(diagram).toContain('uuid book_id PK\n');
    expect(diagram).toContain('uuid shelf FK "or null"\n');
  });

  it('has a dashed line to the table whose key a column is named after, and to no other', () => {
    const columns = [column('book_id', { isPrimary: true }), column('reader_id')];
    const loans: DeclaredTable = { name: 'loans', columns, keys: [['book_id']], references: [] };
    const diagram = entityDiagram([loans], [loans, BOOKS]);
    expect(diagram).toContain('books ||..o| loans : book_id\n');
    expect(diagram).not.toContain('readers');
  });
});
