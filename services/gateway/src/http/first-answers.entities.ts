import { Column, Entity, Index, PrimaryColumn } from '@jangteo/database';

/** An answer shown to a client after a change, which it may ask for again, where the answer is made of what changes. */
@Entity('first_answers')
@Index('first_answers_by_age', ['answeredAt'])
export class FirstAnswerEntity {
  @PrimaryColumn('uuid') changeId!: string;
  @Column('json') answer!: object;
  @Column('timestamptz', { default: () => 'now()' }) answeredAt!: Date;
}
