import { UpstreamFailure, UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';

/**
 * Says why a service did not answer, in words that tell nothing of our insides.
 * @throws what is no failure to answer
 */
export function awayReasonOf(error: unknown): string {
  if (error instanceof UpstreamTimeout) return 'did not answer in time';
  if (error instanceof UpstreamUnavailable) return 'cannot be reached';
  if (error instanceof UpstreamFailure) return 'failed to answer; its log says why';
  throw error;
}
