export { CONFIG, currency, readConfig, serviceEnv } from './config.js';
export { DeadLetterEntity, DeadLetterGroupEntity } from './dead-letters/dead-letter.entities.js';
export {
  DeadLettersAlike1769731200000,
  DeadLetterGroups1769472000004,
  DeadLetters1767744000000,
  DeadLettersFound1769472000000,
  DeadLettersKept1768348800002,
  DeadLettersOfOperations1769472000006,
} from './dead-letters/dead-letter.migration.js';
export { deadLettersOf, DeadLettersOfOrders1769299200000 } from './dead-letters/dead-letters-of-orders.js';
export { FairQueue } from './fair-queue.js';
export { findHandler, type Finder } from './find.js';
export { checks, Health, readiness, type HealthCheck, type HealthCheckResult } from './health.js';
export { liveness } from './health.controller.js';
export { KnownPaths } from './known-paths.js';
export { requestIdOf } from './logging.js';
export { MetricsController } from './metrics.controller.js';
export { once, read } from './once.js';
export {
  Documented,
  operationOf,
  Undocumented,
  type AnswerHeader,
  type Ending,
  type Operation,
  type RequestHeader,
  type StreamedAnswer,
} from './operation.js';
export {
  operationHandler,
  ORDER_OF_LETTER,
  OUTCOME_OF_COMMAND,
  readSentLetters,
  type FateRow,
} from './operations.js';
export { orderRowsHandler, type RowOfOrder } from './order-rows.js';
export { isKnownSecret } from './production.js';
export { RecurringJob } from './recurring-job.js';
export { together } from './steps.js';
export { keptSeconds, oldOutcomes, outcomeEnv, Retention, type Forgetting } from './retention.js';
export { commonEnv, ServiceModule, type CommonConfig } from './service.module.js';
export { runMigrations } from './run-migrations.js';
export { runMain, startService } from './start.js';
