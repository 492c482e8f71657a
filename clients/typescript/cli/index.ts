export { UsageError, type Command, type Report } from './command.js';
export { CODES, COMMANDS, onOutputLost, runCommand, type Caller, type Codes, type Ending } from './run.js';
