/** Thrown by work whose database or other resource is away for a while: retried, never dead-lettered. */
export class TransientFailure extends Error {
  override readonly name: string = 'TransientFailure';
}
