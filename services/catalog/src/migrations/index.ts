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
import { ProductVersions1767312000000 } from './1767312000000-product-versions.js';
import { Tables1767225600000 } from './1767225600000-tables.js';
import { KeptSums1768262400000 } from './1768262400000-kept-sums.js';
import { ReleasedReservations1768262400001 } from './1768262400001-released-reservations.js';
import { ProductTexts1769212800000 } from './1769212800000-product-texts.js';
import { StatusesChecked1769212800001 } from './1769212800001-statuses-checked.js';
import { ProductNames1769212800002 } from './1769212800002-product-names.js';
import { ProductLists1769212800003 } from './1769212800003-product-lists.js';
import { Actors1768953600001 } from './1768953600001-actors.js';
import { MovementsByTime1768348800004 } from './1768348800004-movements-by-time.js';
import { ChangedAt1768867200002 } from './1768867200002-changed-at.js';
import { SumsOfMovements1769731200007 } from './1769731200007-sums-of-movements.js';

/** The catalog's migrations, oldest first. */
export const migrations = [
  Tables1767225600000,
  ProductVersions1767312000000,
  DeadLetters1767744000000,
  KeptSums1768262400000,
  ReleasedReservations1768262400001,
  OutcomeLives1768348800000,
  Vacuumed1768348800001,
  DeadLettersKept1768348800002,
  MovementsByTime1768348800004,
  ChangedAt1768867200002,
  Actors1768953600001,
  ProductTexts1769212800000,
  StatusesChecked1769212800001,
  ProductNames1769212800002,
  ProductLists1769212800003,
  DeadLettersOfOrders1769299200000,
  DeadLettersFound1769472000000,
  OutcomesByClientKey1769472000001,
  DeadLetterGroups1769472000004,
  DeadLettersOfOperations1769472000006,
  DeadLettersAlike1769731200000,
  ChangesBySource1769731200006,
  SumsOfMovements1769731200007,
];
