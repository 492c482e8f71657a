import { ChangesBySource1769731200006, Vacuumed1768348800001 } from '@jangteo/database';
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
import { Tallies1768176000000 } from './1768176000000-tallies.js';
import { KeptSums1768262400000 } from './1768262400000-kept-sums.js';
import { MorePlaces1768521600002 } from './1768521600002-more-places.js';
import { HoursWithCancellations1769644800001 } from './1769644800001-hours-with-cancellations.js';
import { HourlyTotals1769472000003 } from './1769472000003-hourly-totals.js';

/** The ranking's migrations, oldest first. */
export const migrations = [
  Tables1767225600000,
  DeadLetters1767744000000,
  Tallies1768176000000,
  KeptSums1768262400000,
  Vacuumed1768348800001,
  DeadLettersKept1768348800002,
  MorePlaces1768521600002,
  DeadLettersOfOrders1769299200000,
  DeadLettersFound1769472000000,
  HourlyTotals1769472000003,
  DeadLetterGroups1769472000004,
  DeadLettersOfOperations1769472000006,
  HoursWithCancellations1769644800001,
  DeadLettersAlike1769731200000,
  ChangesBySource1769731200006,
];
