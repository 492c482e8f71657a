import { describe, expect, it } from '@jest/globals';
import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { declaredTable } from './declared-tables.js';

@Entity('shelves')
class ShelfEntity {
  @PrimaryColumn('uuid') shelfId!: string;
}

@Entity('books')
@Unique(['shelfId', 'place'])
@Index('books_by_isbn', ['isbn'], { unique: true, where: 'isbn IS NOT NULL' })
@Index('books_lent_once', ['lentTo'], { unique: true, where: 'given_back IS NULL' })
@Index('books_by_title', ['title'])
class BookEntity {
  @PrimaryColumn('uuid') bookId!: string;
  @ForeignKey(() => ShelfEntity) @Column('uuid') shelfId!: string;
  @Column('int') place!: number;
  @Column('text', { nullable: true }) isbn!: string | null;
  @Column('text', { name: 'title_in_full' }) title!: string;
  @Column('text', { array: true }) authors!: string[];
  @Column('uuid', { nullable: true }) lentTo!: string | null;
}

describe('the table that an entity declares', () => {
  it('has columns, keys and references by the names that SQL knows', () => {
    const { columns, ...table } = declaredTable(BookEntity);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'book_id uuid',
      'shelf_id uuid',
      'place int',
      'isbn text',
      'title_in_full text',
      'authors text[]',
      'lent_to uuid',
    ]);
    expect(columns.filter(({ isPrimary }) => isPrimary).map(({ name }) => name)).toEqual(['book_id']);
    expect(columns.filter(({ isNullable }) => isNullable).map(({ name }) => name)).toEqual([
      'isbn',
      'lent_to',
    ]);
    expect(table).toEqual({
      name: 'books',
      keys: [['book_id'], ['shelf_id', 'place'], ['isbn']],
      references: [{ column: 'shelf_id', table: 'shelves' }],
    });
  });

  it('is none where a class is no entity', () => {
    expect(() => declaredTable(class Plain {})).toThrow('declares no table');
  });
});
