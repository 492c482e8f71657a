import {
  ChangesBySource1769731200006,
  OutcomeLives1768348800000,
  OutcomesByClientKey1769472000001,
  Vacuumed1768348800001,
} from '@jangteo/database';
import {
  DeadLetterGroups1769472000004,
  DeadLetters1767744000000,
  DeadLettersAlike1769731200000,
  DeadLettersFound1769472000000,
  DeadLettersKept1768348800002,
  DeadLettersOfOperations1769472000006,
  DeadLettersOfOrders1769299200000,
} from '@jangteo/service';
import { Tables1767225600000 } from './1767225600000-tables.js';
import { Payments1767312000000 } from './1767312000000-payments.js';
import { Adjustments1769212800000 } from './1769212800000-adjustments.js';
import { WalletLists1769212800001 } from './1769212800001-wallet-lists.js';
import { Actors1768953600003 } from './1768953600003-actors.js';
import { KeptSums1768262400000 } from './1768262400000-kept-sums.js';
import { PendingOfUser1769731200005 } from './1769731200005-pending-of-user.js';
import { SumsOfBalances1769644800000 } from './1769644800000-sums-of-balances.js';
import { SucceededCharges1769644800002 } from './1769644800002-succeeded-charges.js';
import { SumsOfCharges1768521500000 } from './1768521500000-sums-of-charges.js';
import { ChangedAt1768867200001 } from './1768867200001-changed-at.js';
import { ChargesOfProviders1769817600002 } from './1769817600002-charges-of-providers.js';

/** The wallet's migrations, oldest first. */
export const migrations = [
  Tables1767225600000,
  Payments1767312000000,
  DeadLetters1767744000000,
  KeptSums1768262400000,
  OutcomeLives1768348800000,
  Vacuumed1768348800001,
  DeadLettersKept1768348800002,
  SumsOfCharges1768521500000,
  ChangedAt1768867200001,
  Actors1768953600003,
  Adjustments1769212800000,
  WalletLists1769212800001,
  DeadLettersOfOrders1769299200000,
  DeadLettersFound1769472000000,
  OutcomesByClientKey1769472000001,
  DeadLetterGroups1769472000004,
  DeadLettersOfOperations1769472000006,
  SumsOfBalances1769644800000,
  SucceededCharges1769644800002,
  DeadLettersAlike1769731200000,
  PendingOfUser1769731200005,
  ChangesBySource1769731200006,
  ChargesOfProviders1769817600002,
];
