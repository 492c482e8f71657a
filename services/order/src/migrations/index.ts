import { Tables1767225600000 } from './1767225600000-tables.js';
import { Carts1767312000000 } from './1767312000000-carts.js';

/** The order service's migrations, oldest first. */
export const migrations = [Tables1767225600000, Carts1767312000000];
