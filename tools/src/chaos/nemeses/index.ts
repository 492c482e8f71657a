import type { Nemesis } from '../nemesis.js';
import { blackHole, cutBroker, dropConfirms } from './network.js';
import { killService, pauseService, rollingRestart } from './processes.js';
import { killBroker, killPostgres } from './servers.js';

/** Every harm that a run may do. */
export const NEMESES: readonly Nemesis[] = [
  killService,
  killBroker,
  killPostgres,
  rollingRestart,
  pauseService,
  cutBroker,
  dropConfirms,
  blackHole,
];

/** Fault tests that are shown by `npm test` and not here. */
export const SHOWN_ELSEWHERE: readonly { readonly test: number; readonly where: string }[] = [
  { test: 21, where: 'generated requests: npm test -- services/gateway/test/fuzz.e2e.spec.ts' },
  { test: 22, where: 'attackers: npm test -- services/gateway/test' },
];
