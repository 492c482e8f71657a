import type { Webhook } from '@jangteo/client';
import { Status, type Tone } from '../../ui/Status.js';
import { useWordsOf } from '../../words/index.js';
import { words as webhookWords } from './words.js';

/** What was stopped by itself needs somebody; what fails now is tried again. */
export function WebhookState({
  webhook: { status, statusReason, failures },
}: {
  readonly webhook: Pick<Webhook, 'status' | 'statusReason' | 'failures'>;
}) {
  const words = useWordsOf(webhookWords);
  const tone: Tone =
    status === 'DISABLED' ? 'act' : status === 'PAUSED' ? 'neutral' : failures > 0 ? 'undone' : 'done';
  const why =
    statusReason === undefined || statusReason === 'REQUESTED' ? undefined : words.reasons[statusReason];
  return (
    <span title={why}>
      <Status tone={tone}>
        {status === 'ACTIVE' && failures > 0 ? words.failing(failures) : words.statuses[status]}
      </Status>
    </span>
  );
}
