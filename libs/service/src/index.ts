export { CONFIG, ConfigurationError, readConfig, serviceEnv } from './config.js';
export { READINESS_CHECKS, type ReadinessCheck } from './health.controller.js';
export { requestIdOf } from './logging.js';
export { Repetition } from './repetition.js';
export { commonEnv, ServiceModule, type CommonConfig } from './service.module.js';
export { runMain, startService } from './start.js';
