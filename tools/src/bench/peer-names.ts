/** Shops below `verify/peers` that the same orders can be placed in. */
export const PEERS = ['stock-nest'] as const;

export type Peer = (typeof PEERS)[number];
