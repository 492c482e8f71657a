import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { NO_ID } from './kept-sums.sql.js';

@Entity('book_sums')
export class BookSumEntity {
  @PrimaryColumn('text') book!: string;
  @PrimaryColumn('text') key!: string;
  @Column('bigint') counts!: number;
  @Column('numeric') amount!: string;
  @Column('numeric') digest!: string;
}

@Entity('book_segments')
export class BookSegmentEntity {
  @PrimaryColumn('text') source!: string;
  @PrimaryColumn('uuid') afterId!: string;
  @Column('uuid') upTo!: string;
  @PrimaryColumn('text') book!: string;
  @Column('bigint') counts!: number;
  @Column('numeric') amount!: string;
  @Column('numeric') digest!: string;
}

@Entity('book_changes')
@Index('book_changes_by_source', ['source', 'id'])
export class BookChangeEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) changeId!: number;
  @Column('text') source!: string;
  @Column('uuid') id!: string;
  @Column('text') book!: string;
  @Column('text') key!: string;
  @Column('bigint') counts!: number;
  @Column('numeric') amount!: string;
  @Column('numeric') digest!: string;
  @Column('boolean') isPruned!: boolean;
}

@Entity('book_marks')
export class BookMarkEntity {
  @PrimaryColumn('text') source!: string;
  @Column('uuid', { default: NO_ID }) sealedTo!: string;
  @Column('uuid', { default: NO_ID }) plannedTo!: string;
  @Column('xid8' as 'text', { default: '0' }) plannedXid!: string;
  @Column('uuid', { default: NO_ID }) prunedTo!: string;
  @Column('uuid', { default: NO_ID }) segmentAfter!: string;
  @Column('bigint', { default: () => '0' }) segmentRows!: number;
}

/** The tables of kept sums, of a service whose books grow with orders. */
export const BOOK_ENTITIES = [BookSumEntity, BookSegmentEntity, BookChangeEntity, BookMarkEntity];
