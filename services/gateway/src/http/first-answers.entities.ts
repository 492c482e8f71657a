import { Column, Entity, Index, PrimaryColumn } from '@jangteo/database';

/** What a client was shown after a change that it may ask for again, where the answer is made of what changes. */
@Entity('first_answers')
@Index('first_answers_by_age', ['answeredAt'])
export class FirstAnswerEntity {
  @PrimaryColumn('uuid') changeId!: string;
  @Column('json') answer!: object;
  @Column('timestamptz', { default: () => 'now()' }) answeredAt!: Date;
}
