/** The wire format and the topology, for a test kit that plays the other side of a service. */
export { unbundled } from './bundles.js';
export { decode, readingsOf, type Decoded } from './decode.js';
export { MessageWriter } from './outbound-messages.js';
export { sendersOf, type Senders } from './senders.js';
export { declareTopology } from './topology.js';
