import { Vacuumed1768348800001 } from '@jangteo/database';
import { Tables1767225600000 } from './1767225600000-tables.js';
import { Audits1767744000000 } from './1767744000000-audits.js';
import { SessionGenerations1768435200000 } from './1768435200000-session-generations.js';
import { FirstAnswers1768435200001 } from './1768435200001-first-answers.js';
import { SessionIndexes1768435200002 } from './1768435200002-session-indexes.js';
import { ChangedAt1768867200003 } from './1768867200003-changed-at.js';

/** Oldest first. */
export const migrations = [
  Tables1767225600000,
  Audits1767744000000,
  Vacuumed1768348800001,
  SessionGenerations1768435200000,
  FirstAnswers1768435200001,
  SessionIndexes1768435200002,
  ChangedAt1768867200003,
];
