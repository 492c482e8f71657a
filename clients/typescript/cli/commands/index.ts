import type { Command } from '../command.js';
import { GOODS } from './goods.js';
import { ORDERS } from './orders.js';
import { RECORDS } from './records.js';
import { REPAIRS } from './repairs.js';
import { SESSION } from './session.js';
import { USERS } from './users.js';
import { WEBHOOKS } from './webhooks.js';

/** All that there are, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  ...SESSION,
  ...ORDERS,
  ...USERS,
  ...GOODS,
  ...REPAIRS,
  ...RECORDS,
  ...WEBHOOKS,
];
