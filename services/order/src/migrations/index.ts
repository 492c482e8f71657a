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
import { Carts1767312000000 } from './1767312000000-carts.js';
import { DataPlatform1767398400000 } from './1767398400000-data-platform.js';
import { SagaTraces1767484800000 } from './1767484800000-saga-traces.js';
import { PendingAnswers1767571200000 } from './1767571200000-pending-answers.js';
import { RowsOfOrders1767657600000 } from './1767657600000-rows-of-orders.js';
import { SagaNudges1767744000001 } from './1767744000001-saga-nudges.js';
import { Redrives1767830400000 } from './1767830400000-redrives.js';
import {
  KeptSums1768262400000,
  SumsOfOrderItems1768262400002,
  SumsOfOrders1768262400001,
  SumsOfPlatformRecords1768262400004,
  SumsOfSagas1768262400003,
} from './1768262400000-kept-sums.js';
import { Actors1768953600000 } from './1768953600000-actors.js';
import { KeptForATime1768348800003 } from './1768348800003-kept-for-a-time.js';
import { SagasOfUsers1768521600001, TermsOfOrders1768521600000 } from './1768521600000-terms-of-orders.js';
import { ChangedAt1768867200000 } from './1768867200000-changed-at.js';
import { OrderLists1769212800000 } from './1769212800000-order-lists.js';
import { NudgesOfOperations1769472000007 } from './1769472000007-nudges-of-operations.js';
import { ItemCategories1769558400000 } from './1769558400000-item-categories.js';
import { SagasInFlight1769731200001 } from './1769731200001-sagas-in-flight.js';
import { SagasOwingEvents1769817600001 } from './1769817600001-sagas-owing-events.js';
import { SumsOfDiscounts1769904000001 } from './1769904000001-sums-of-discounts.js';
import { CartOrdersLines1769990400001 } from './1769990400001-cart-orders-lines.js';
import { SagasNotDone1770076800001 } from './1770076800001-sagas-not-done.js';

/** The order service's migrations, oldest first. */
export const migrations = [
  Tables1767225600000,
  Carts1767312000000,
  DataPlatform1767398400000,
  SagaTraces1767484800000,
  PendingAnswers1767571200000,
  RowsOfOrders1767657600000,
  DeadLetters1767744000000,
  SagaNudges1767744000001,
  Redrives1767830400000,
  KeptSums1768262400000,
  SumsOfOrders1768262400001,
  SumsOfOrderItems1768262400002,
  SumsOfSagas1768262400003,
  SumsOfPlatformRecords1768262400004,
  OutcomeLives1768348800000,
  Vacuumed1768348800001,
  DeadLettersKept1768348800002,
  KeptForATime1768348800003,
  TermsOfOrders1768521600000,
  SagasOfUsers1768521600001,
  ChangedAt1768867200000,
  Actors1768953600000,
  OrderLists1769212800000,
  DeadLettersOfOrders1769299200000,
  DeadLettersFound1769472000000,
  OutcomesByClientKey1769472000001,
  DeadLetterGroups1769472000004,
  DeadLettersOfOperations1769472000006,
  NudgesOfOperations1769472000007,
  ItemCategories1769558400000,
  DeadLettersAlike1769731200000,
  SagasInFlight1769731200001,
  ChangesBySource1769731200006,
  SagasOwingEvents1769817600001,
  SumsOfDiscounts1769904000001,
  CartOrdersLines1769990400001,
  SagasNotDone1770076800001,
];
