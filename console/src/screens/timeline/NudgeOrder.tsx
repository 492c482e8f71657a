import type { OrderTimeline } from '@jangteo/client';
import { BellRing } from 'lucide-react';
import { useState } from 'react';
import { useApi, useMay } from '../../api/index.js';
import { stepWordsOf, type Telling } from '../../timeline/tell.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { Problem } from '../../ui/Problem.js';
import { useWords } from '../../words/index.js';
import css from './actions.module.css';

/** Has an order send again what it awaits; only where it was sent twice in vain. */
export function NudgeOrder({
  timeline,
  telling,
  onDone,
}: {
  readonly timeline: OrderTimeline;
  readonly telling: Telling;
  readonly onDone: () => void;
}) {
  const api = useApi();
  const { actions } = useWords();
  const mayNudge = useMay('operator');
  const [isAsking, ask] = useState(false);
  const [isNudging, setNudging] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const { words } = telling;
  const { page } = words;
  const awaited = timeline.steps.filter(({ state }) => state === 'AWAITED');
  const isStuck = awaited.some(({ sends = 1 }) => sends > 1);
  const refusal = mayNudge ? (isStuck ? undefined : page.nudgeEarly) : actions.notAllowed('operator');
  const nudge = async (): Promise<void> => {
    setNudging(true);
    try {
      await api.admin.nudgeSaga(timeline.orderId);
      ask(false);
      onDone();
    } catch (error) {
      setFailure(error);
    } finally {
      setNudging(false);
    }
  };
  return (
    <>
      <Button icon={<BellRing aria-hidden />} refusal={refusal} onClick={() => ask(true)}>
        {page.nudge}
      </Button>
      {isAsking && (
        <Dialog
          isOpen
          onClose={() => ask(false)}
          title={page.nudgeTitle}
          actions={
            <>
              <Button onClick={() => ask(false)}>{actions.close}</Button>
              <Button kind="main" disabled={isNudging} onClick={() => void nudge()}>
                {page.nudge}
              </Button>
            </>
          }
        >
          <p>{page.nudgeAsk}</p>
          <ul className={css['effects']}>
            <li>{page.nudgeSteps(awaited.map((step) => stepWordsOf(step, words).ask).join(', '))}</li>
          </ul>
          {failure !== undefined && <Problem error={failure} />}
        </Dialog>
      )}
    </>
  );
}
