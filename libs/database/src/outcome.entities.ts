import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('outcomes')
@Index('outcomes_unkeyed', ['createdAt'], { where: `key NOT LIKE '%/%'` })
@Index('outcomes_keyed', ['createdAt'], { where: `fingerprint <> ''` })
export class OutcomeEntity {
  @PrimaryColumn('text') key!: string;
  @Column('text') fingerprint!: string;
  @Column('json') outcome!: object;
  @Column('timestamptz', { default: () => 'now()' }) createdAt!: Date;
}
