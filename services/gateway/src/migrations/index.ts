import { Tables1767225600000 } from './1767225600000-tables.js';

/** Oldest first. */
export const migrations = [Tables1767225600000];
