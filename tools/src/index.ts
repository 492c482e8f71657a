export { counted } from './counted.js';
export { composeVariables, envFile } from './env-file.js';
export { localDir } from './paths.js';
export { argumentsOf, interruptible, numberOf, report, runToEnd, UsageError } from './program.js';
export { newSecrets, type LocalSecrets } from './secrets.js';
export { services, type Service } from './services.js';
export { auditBy, forEach, makeCustomers, shopAs, type Customer } from './stack/customers.js';
export type { OpenShop } from './stack/open-shop.js';
export { usageOf } from './stack/process-usage.js';
export { SmallDisk, smallDiskHindrance, unmountBelow } from './stack/small-disk.js';
export { Stack, type Servers } from './stack/stack.js';
export {
  countTests,
  failureLines,
  jestCommand,
  makeTestDir,
  removeTestDir,
  testEnvironment,
  type TestCount,
} from './test-run.js';
export { brokerVersion, engineVersion, serverVersions, versionsLine, type Versions } from './versions.js';
