import type { OutboundMessage } from './outbound-messages.js';
import type { PipelineContext } from './route.js';
import { spreadBackoffMs, pause } from './pause.js';
import { PublishFailed } from './publisher.js';

/**
 * Publishes until everything is confirmed, again only what was not. Made for what a handler has committed
 * already: giving up would lose it, so only a redelivery may take over.
 * @param isWanted false once the messages behind it are delivered again anyway
 * @param onFailure mends what may have failed it
 * @returns false when it was not wanted any more or the process stops
 */
export async function publishUntilConfirmed(
  frames: readonly OutboundMessage[],
  { publisher, stopping }: PipelineContext,
  isWanted: () => boolean,
  onFailure: () => Promise<void> = async () => undefined,
): Promise<boolean> {
  let open = frames;
  for (let failures = 0; isWanted(); failures += 1) {
    try {
      await publisher.send(open);
      return true;
    } catch (error) {
      if (!(error instanceof PublishFailed)) throw error;
      open = error.unconfirmed;
      if (stopping.aborted) return false;
      await onFailure();
      await pause(spreadBackoffMs(failures), stopping);
    }
  }
  return false;
}
