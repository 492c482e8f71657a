/** For tests that a service's entities say what its migrations make. */
export * from './declared-schema.js';
