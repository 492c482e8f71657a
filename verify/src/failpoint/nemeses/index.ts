import type { Nemesis } from '../nemesis.js';
import { alarm } from './alarms.js';
import { blackHole, cutBroker, dropConfirms } from './network.js';
import { wrongClock } from './clock.js';
import { greedyLists, hotRow, sameKey } from './crowds.js';
import { holdLock, holdRow, smallPool, terminateSessions } from './database.js';
import { brokerDiskFull, postgresDiskFull } from './disks.js';
import { dieAtFailpoint } from './failpoints.js';
import { duplicate, loseMessages, shuffle } from './messages.js';
import { deleteQueue, poison } from './queues.js';
import { killService, pauseService, rollingRestart, stopService } from './processes.js';
import { killBroker, killPostgres } from './servers.js';

/** Every harm that a run may do. */
export const NEMESES: readonly Nemesis[] = [
  killService,
  stopService,
  dieAtFailpoint,
  killBroker,
  killPostgres,
  rollingRestart,
  pauseService,
  cutBroker,
  dropConfirms,
  blackHole,
  duplicate,
  shuffle,
  loseMessages,
  poison,
  deleteQueue,
  alarm,
  postgresDiskFull,
  brokerDiskFull,
  hotRow,
  greedyLists,
  holdLock,
  holdRow,
  terminateSessions,
  smallPool,
  wrongClock,
  sameKey,
];

/** Fault tests that are shown by `npm test` and not here. */
export const SHOWN_ELSEWHERE: readonly { readonly test: number; readonly where: string }[] = [
  { test: 21, where: 'generated requests: npm test -- services/gateway/test/fuzz.e2e.spec.ts' },
  { test: 22, where: 'attackers: npm test -- services/gateway/test' },
];
