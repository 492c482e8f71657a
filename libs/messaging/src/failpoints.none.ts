import type { FailpointName, Passing } from './failpoint-names.js';

/** What `#failpoints` is unless Node was told otherwise: nothing. */
export function failpoint(_name: FailpointName, _passing: Passing): void {}
