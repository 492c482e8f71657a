import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from '@jangteo/database';

@Entity('users')
@Unique(['email'])
@Index('users_newest', ['role', 'state', 'userId'])
@Check('users_email_check', 'email = lower(email)')
@Check('users_role_check', `role IN ('customer', 'viewer', 'operator', 'admin')`)
@Check('users_state_check', `state IN ('ACTIVE', 'SUSPENDED', 'DELETED')`)
export class UserEntity {
  @PrimaryColumn('uuid') userId!: string;
  @Column('text') email!: string;
  @Column('text') name!: string;
  @Column('text') role!: string;
  @Column('text') passwordHash!: string;
  @Column('text', { default: 'ACTIVE' }) state!: string;
  /** The Idempotency-Key of the registration, so that it can be asked again. */
  @Column('text', { nullable: true }) registrationKey!: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { nullable: true, default: () => 'now()' }) updatedAt!: Date | null;
}

/** One login and all that was refreshed from it. */
@Entity('sessions')
@Index('sessions_family_hash', ['familyHash'], { unique: true })
@Index('sessions_of_user_by_end', ['userId', 'expiresAt'])
@Index('sessions_by_end', ['expiresAt'])
@Check('sessions_family_with_salt', '(family_hash IS NULL) = (salt IS NULL)')
export class SessionEntity {
  @PrimaryColumn('uuid') sessionId!: string;
  @ForeignKey(() => UserEntity, { onDelete: 'CASCADE' }) @Column('uuid') userId!: string;
  @Column('timestamptz') expiresAt!: Date;
  /** The hash of what its tokens have in common; null while they are of the release before. */
  @Column('bytea', { nullable: true }) familyHash!: Buffer | null;
  /** Together with the family it gives the secret of each generation. */
  @Column('bytea', { nullable: true }) salt!: Buffer | null;
  @Column('int', { default: () => '0' }) generation!: number;
  @Column('timestamptz', { nullable: true }) rotatedAt!: Date | null;
  /** The program that began it, as it calls itself. */
  @Column('text', { nullable: true }) userAgent!: string | null;
}

/** The admin of the configuration as it was last applied. */
@Entity('configured_admin')
@Check('configured_admin_is_only_row_check', 'is_only_row')
export class ConfiguredAdminEntity {
  @PrimaryColumn('boolean', { default: true }) isOnlyRow!: boolean;
  /** Of e-mail and password together. */
  @Column('text') credentialsHash!: string;
}

/** A token of each user with which the password is set anew, once. */
@Entity('password_resets')
@Unique(['tokenHash'])
@Index('password_resets_by_end', ['expiresAt'])
export class PasswordResetEntity {
  @ForeignKey(() => UserEntity, { onDelete: 'CASCADE' }) @PrimaryColumn('uuid') userId!: string;
  @Column('bytea') tokenHash!: Buffer;
  @Column('timestamptz') expiresAt!: Date;
}

/** A link by which one of the staff logs in to the console, once. */
@Entity('console_links')
@Index('console_links_of_user', ['userId', 'expiresAt'])
@Index('console_links_by_end', ['expiresAt'])
export class ConsoleLinkEntity {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @ForeignKey(() => UserEntity, { onDelete: 'CASCADE' }) @Column('uuid') userId!: string;
  @Column('timestamptz') expiresAt!: Date;
}

/** A key of a program, shown once to who made it. */
@Entity('api_keys')
@Unique(['keyHash'])
@Index('api_keys_by_end', ['expiresAt'])
@Check('api_keys_role_check', `role IN ('viewer', 'operator', 'admin')`)
export class ApiKeyEntity {
  @PrimaryColumn('uuid') keyId!: string;
  @Column('bytea') keyHash!: Buffer;
  @Column('text') name!: string;
  @Column('text') role!: string;
  @ForeignKey(() => UserEntity) @Column('uuid') makerId!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ type: 'timestamptz', precision: 3, nullable: true }) expiresAt!: Date | null;
}

/** Tokens of the release before. */
@Entity('refresh_tokens')
@Index('refresh_tokens_of_session', ['sessionId'])
@Index('refresh_tokens_by_end', ['expiresAt'])
export class RefreshTokenEntity {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @ForeignKey(() => SessionEntity, { onDelete: 'CASCADE' }) @Column('uuid') sessionId!: string;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) spentAt!: Date | null;
}

@Entity('login_attempts')
@Index('login_attempts_by_end', ['expire'])
export class LoginAttemptsEntity {
  @PrimaryColumn('varchar', { length: 255 }) key!: string;
  @Column('int', { default: () => '0' }) points!: number;
  @Column('bigint', { nullable: true }) expire!: number | null;
}

@Entity('known_networks')
@Index('known_networks_by_age', ['seenAt'])
export class KnownNetworkEntity {
  @ForeignKey(() => UserEntity, { onDelete: 'CASCADE' }) @PrimaryColumn('uuid') userId!: string;
  /** Of user and network, so that nobody reads from it who lives where. */
  @PrimaryColumn('bytea') networkHash!: Buffer;
  @Column('timestamptz') seenAt!: Date;
}
