import { Vacuumed1768348800001 } from '@jangteo/database';
import { Tables1767225600000 } from './1767225600000-tables.js';
import { AdminLog1768953600004 } from './1768953600004-admin-log.js';
import { Audits1767744000000 } from './1767744000000-audits.js';
import { SessionGenerations1768435200000 } from './1768435200000-session-generations.js';
import { FirstAnswers1768435200001 } from './1768435200001-first-answers.js';
import { SessionIndexes1768435200002 } from './1768435200002-session-indexes.js';
import { KnownNetworks1768780800000 } from './1768780800000-known-networks.js';
import { AttemptsByEnd1768780800001 } from './1768780800001-attempts-by-end.js';
import { ChangedAt1768867200003 } from './1768867200003-changed-at.js';
import { ForgottenByOwner1769040000000 } from './1769040000000-forgotten-by-owner.js';
import { Roles1769126400000 } from './1769126400000-roles.js';
import { Accounts1769126400001 } from './1769126400001-accounts.js';
import { AccountStates1769126400002 } from './1769126400002-account-states.js';
import { UserSearch1769126400003 } from './1769126400003-user-search.js';
import { ApiKeys1769126400004 } from './1769126400004-api-keys.js';
import { ConfiguredAdmin1769126400005 } from './1769126400005-configured-admin.js';
import { Webhooks1769126400010 } from './1769126400010-webhooks.js';
import { AdminLogByRequest1769472000002 } from './1769472000002-admin-log-by-request.js';
import { AuditReports1769472000005 } from './1769472000005-audit-reports.js';
import { ConsoleLinks1769558400000 } from './1769558400000-console-links.js';

/** Oldest first. */
export const migrations = [
  Tables1767225600000,
  Audits1767744000000,
  Vacuumed1768348800001,
  SessionGenerations1768435200000,
  FirstAnswers1768435200001,
  SessionIndexes1768435200002,
  KnownNetworks1768780800000,
  AttemptsByEnd1768780800001,
  ChangedAt1768867200003,
  AdminLog1768953600004,
  ForgottenByOwner1769040000000,
  Roles1769126400000,
  Accounts1769126400001,
  AccountStates1769126400002,
  UserSearch1769126400003,
  ApiKeys1769126400004,
  ConfiguredAdmin1769126400005,
  Webhooks1769126400010,
  AdminLogByRequest1769472000002,
  AuditReports1769472000005,
  ConsoleLinks1769558400000,
];
