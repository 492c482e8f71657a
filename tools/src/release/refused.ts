/** A release is not done, and the message says why. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
