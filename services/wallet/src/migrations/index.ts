import { DeadLetters1767744000000 } from '@jangteo/service';
import { Tables1767225600000 } from './1767225600000-tables.js';
import { Payments1767312000000 } from './1767312000000-payments.js';

/** The wallet's migrations, oldest first. */
export const migrations = [Tables1767225600000, Payments1767312000000, DeadLetters1767744000000];
