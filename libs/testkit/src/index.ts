export { FAILPOINTS, type FailpointKind, type FailpointName } from '@jangteo/messaging';
export {
  assertBooks,
  checkBooks,
  untilSettled,
  waitingDeadLetters,
  type Accounts,
  type Finding,
} from './books.js';
export { FailpointFile, FAILPOINTS_ARGUMENT, type Failpoint } from './failpoints.js';
export { numbersMoved } from './documented-sql.js';
export { DocumentedAnswers, type ApiDocument, type OperationObject } from './documented-answers.js';
export {
  eventually,
  freePort,
  pace,
  startTcpProxy,
  type Patience,
  type ServiceProcess,
  type TcpProxy,
} from '@jangteo/infra';
export { askHandlers, type Ask } from './ask-handlers.js';
export { contractClient, type ContractClient } from './contract-client.js';
export { serviceAmqpUrl, testRedisUrl, testServers, uniqueName, type TestServers } from './environment.js';
export { Authority, type Certificate } from './certificates.js';
export { providePython, type ProvidedPython } from './python.js';
export { SecureServers } from './secure-servers.js';
export { kafkaLogins, startRealBroker, type RealBroker, type RealBrokerOptions } from './real-kafka.js';
export { startKafka, type KafkaCluster, type KafkaRecord } from './kafka.js';
export { locksLowerFirst, type RowPair } from './lock-order.js';
export { brokerUserOf, honestSender } from './senders.js';
export { connectToBroker, countQueues, removeNamespace } from './namespace.js';
export { NOT_THE_CLOCK } from './not-the-clock.js';
export type { Participant } from './participants.js';
export {
  dashboardQueries,
  metricsSpokenOf,
  readDashboards,
  unknownMetrics,
  type Dashboard,
} from './observed-metrics.js';
export { Plans, type Asking, type Kept } from './plans.js';
export { promisedAnswers } from './promised-answers.js';
export { Providers, requestsTo, type Answering, type AskedRequest } from './providers.js';
export { readOnlyDatabase, type ReadOnlyDatabase } from './read-only-database.js';
export { differencesOfMigrated } from './schema.js';
export { proveBooks, sealBooks } from './seal-books.js';
export type { RunningShop } from './running-shop.js';
export { startService, type RunningService, type StartServiceOptions } from './start-service.js';
export { patientDatabase, testDatabase, withClient, type TestDatabase } from './test-database.js';
export { containersOf, ServiceContainers, untilHealthy } from './containers.js';
export { ALL_SERVICES as SHOP_SERVICES, type AnyService } from '@jangteo/contracts';
export { PATIENT, Shop, START_DEADLINE_MS, type ShopOptions } from './shop.js';
export { isWhole, sampled, type LeftCases } from './sample.js';
export { shareShop, startShop } from './start-shop.js';
export * from './statistics-database.js';
export { rowsRead } from './rows-read.js';
export {
  expected,
  shopClient,
  type Answer,
  type CallOptions,
  type Customer,
  type OrderBody,
  type Problem,
  type ShopClient,
} from './shop-client.js';
export { STRIPE_TEST_KEY, StripeStandIn, type StripeRequest } from './stripe-stand-in.js';
export { TraceCollector, type CollectedSpan } from './trace-collector.js';
export type { Ways } from './ways.js';
export { WebhookReceiver, type ReceivedWebhook, type WebhookAnswer } from './webhook-receiver.js';
