import type { FailpointName, Passing } from './failpoint-names.js';

/** Does nothing: this is `#failpoints` unless Node was told otherwise. */
export function failpoint(_name: FailpointName, _passing: Passing): void {}
