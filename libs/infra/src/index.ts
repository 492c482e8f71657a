export {
  accountsOf,
  amqpUrlVariables,
  amqpVariable,
  definitionsFrom,
  readAmqpUrls,
  type AmqpUrls,
  usersOf,
} from './broker-urls.js';
export {
  amqpUrlsOf,
  brokerAccounts,
  brokerDefinitions,
  createBrokerUsers,
  vhostOf,
  type BrokerAccount,
  type BrokerAccounts,
  type BrokerDefinitions,
  type BrokerPlace,
} from './broker-users.js';
export {
  closeMaintenanceDatabases,
  createServiceDatabase,
  createServiceDatabaseWithRuntime,
  migrationEnvironment,
  runtimeUserOf,
  type DatabaseUrls,
  type ServiceDatabase,
} from './databases.js';
export { provideBrowser } from './browser.js';
export { drawn } from './drawn.js';
export { provideKafka, type ProvidedKafka } from './kafka.js';
export { checksumsIn } from './jars.js';
export { provideSpark, type ProvidedSpark } from './spark.js';
export { lastLines, openLog } from './log-files.js';
export { madeOnce } from './made-once.js';
export { freePort, listenProblem } from './ports.js';
export { startPostgres, type Postgres } from './postgres.js';
export {
  endProcess,
  isGoneWithin,
  isRunning,
  markOf,
  processesWith,
  run,
  signalProcess,
  startDaemon,
  type ProcessMark,
} from './processes.js';
export { programOf, projectRoot, serviceEnvironment, serviceFlags } from './project.js';
export {
  END_WITH_STARTER,
  ServiceProcess,
  type HandedOver,
  type ProcessSettings,
} from './service-process.js';
export { giveToFolderOwner } from './folder-owner.js';
export { allInTurn } from './all-in-turn.js';
export { randomPassword, secretFile, writePrivate } from './secrets.js';
export { untilReady, type Readiness, type StartOptions } from './startup.js';
export { startRedis, type Redis } from './redis.js';
export { startRabbit } from './rabbit-start.js';
export type { Rabbit } from './rabbit.js';
export {
  provideRedis,
  removeInfrastructure,
  startInfrastructure,
  type Infrastructure,
  type InfrastructureOptions,
  type Started,
} from './infrastructure.js';
export { eventually, type Patience } from './eventually.js';
export { pace } from './pace.js';
export { startProxyTo, startTcpProxy, type TcpProxy } from './tcp-proxy.js';
