export { UsageError, type Command, type Report } from './command.js';
export { COMMANDS, runCommand, type Caller, type Ending } from './run.js';
