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
import { Actors1768953600002 } from './1768953600002-actors.js';
import { ListedCoupons1768089600000 } from './1768089600000-listed-coupons.js';
import { KeptSums1768521500000, SumsOfRedemptions1768521500001 } from './1768521500000-kept-sums.js';
import { Eligibility1768780800002 } from './1768780800002-eligibility.js';
import { ChangedTerms1769212800000 } from './1769212800000-changed-terms.js';
import { CouponsByStatus1769212800001 } from './1769212800001-coupons-by-status.js';
import { CouponAnswers1769385600000 } from './1769385600000-coupon-answers.js';
import { SumsOfDiscounts1769904000001 } from './1769904000001-sums-of-discounts.js';

/** The coupon service's migrations, oldest first. */
export const migrations = [
  Tables1767225600000,
  DeadLetters1767744000000,
  ListedCoupons1768089600000,
  OutcomeLives1768348800000,
  Vacuumed1768348800001,
  DeadLettersKept1768348800002,
  KeptSums1768521500000,
  SumsOfRedemptions1768521500001,
  Eligibility1768780800002,
  Actors1768953600002,
  ChangedTerms1769212800000,
  CouponsByStatus1769212800001,
  DeadLettersOfOrders1769299200000,
  CouponAnswers1769385600000,
  DeadLettersFound1769472000000,
  OutcomesByClientKey1769472000001,
  DeadLetterGroups1769472000004,
  DeadLettersOfOperations1769472000006,
  DeadLettersAlike1769731200000,
  ChangesBySource1769731200006,
  SumsOfDiscounts1769904000001,
];
