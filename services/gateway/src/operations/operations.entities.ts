import { Check, Column, Entity, Index, PrimaryColumn } from '@jangteo/database';

/** One row: when the next audit is due, whichever replica makes it, and what the last one found. */
@Entity('audits')
@Check('audits_is_only_row_check', 'is_only_row')
export class AuditEntity {
  @PrimaryColumn('boolean', { default: true }) isOnlyRow!: boolean;
  @Column('timestamptz', { default: '-infinity' }) nextAt!: Date;
  @Column('json', { nullable: true }) report!: object | null;
}

/** The reports of the latest audits; ids are in the order of time. */
@Entity('audit_reports')
@Check('audit_reports_report_check', 'octet_length((report)::text) <= 65536')
export class AuditReportEntity {
  @PrimaryColumn('uuid') auditId!: string;
  @Column('json') report!: object;
}

/**
 * A row an action: made before it is done, ended once after. Texts are JSON, as it was. Its index
 * `admin_log_of_user` is in the migrations alone: TypeORM has no expressions in indexes.
 */
@Entity('admin_log')
@Index('admin_log_newest', ['at', 'entryId'])
@Index('admin_log_of_actor', ['actorId', 'at', 'entryId'])
@Index('admin_log_of_target', ['target', 'at', 'entryId'], { where: 'target IS NOT NULL' })
@Index('admin_log_of_request', ['requestId'])
@Check('admin_log_result_check', `result IN ('DONE', 'REFUSED', 'UNKNOWN')`)
@Check('admin_log_check', '(ended_at IS NULL) = (result IS NULL) AND (ended_at IS NULL) = (status IS NULL)')
export class AdminLogEntity {
  @PrimaryColumn('uuid') entryId!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) endedAt!: Date | null;
  @Column('uuid') actorId!: string;
  @Column('text') actorRole!: string;
  @Column('text') action!: string;
  @Column('text', { nullable: true }) targetType!: string | null;
  @Column('text', { nullable: true }) target!: string | null;
  @Column('uuid', { nullable: true }) userId!: string | null;
  @Column('text', { nullable: true }) asked!: string | null;
  @Column('text', { nullable: true }) before!: string | null;
  @Column('text', { nullable: true }) after!: string | null;
  @Column('text', { nullable: true }) result!: string | null;
  @Column('int', { nullable: true }) status!: number | null;
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text') requestId!: string;
  @Column('text') network!: string;
  /** The API key by which the actor did it; null where they were logged in. */
  @Column('uuid', { nullable: true }) keyId!: string | null;
}
