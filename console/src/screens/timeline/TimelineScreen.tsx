import type { ListedOrder } from '@jangteo/client';
import { useMemo, useState, type ReactNode } from 'react';
import { useParams } from 'wouter';
import { useSettings } from '../../app/settings.js';
import type { ReadFault } from '../../timeline/read-file.js';
import { shortId, type Telling } from '../../timeline/tell.js';
import { timelineWords } from '../../timeline/words.js';
import { Button } from '../../ui/Button.js';
import { classes } from '../../ui/classes.js';
import { moneyOf } from '../../ui/format.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Page } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { useWords, useWordsOf } from '../../words/index.js';
import css from './actions.module.css';
import { CancelOrder } from './CancelOrder.js';
import { NudgeOrder } from './NudgeOrder.js';
import { faultTold, OpenFile, type OpenedFile } from './OpenFile.js';
import { TimelinePage } from './TimelinePage.js';
import { useTimeline } from './use-timeline.js';

/** How timelines are told in the language of whoever looks, with the names of what was ordered. */
function useTelling(order: ListedOrder | undefined): Telling {
  const words = useWordsOf(timelineWords);
  const { reasons } = useWords();
  const [{ language }] = useSettings();
  return useMemo(() => {
    const names = new Map(order?.items.map(({ productId, optionId, name }) => [optionId ?? productId, name]));
    const byProduct = new Map(order?.items.map(({ productId, name }) => [productId, name]));
    return {
      words,
      money: (amount) => moneyOf(amount, language),
      reasonOf: (code) => (Object.hasOwn(reasons, code) ? reasons[code as keyof typeof reasons] : code),
      nameOf: ({ productId, optionId }) => names.get(optionId ?? productId) ?? byProduct.get(productId),
    };
  }, [words, reasons, language, order]);
}

function Notice({ children, isFault = false }: { readonly children: ReactNode; readonly isFault?: boolean }) {
  return (
    <div className={classes(css['notice'], isFault && css['fault'])} role={isFault ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** The way of one order, of the shop or of a file that was exported. */
export default function TimelineScreen() {
  const { orderId } = useParams<{ orderId: string }>();
  const [{ language, zone }] = useSettings();
  const [file, setFile] = useState<OpenedFile>();
  const [fault, setFault] = useState<ReadFault>();
  const [isNudged, setNudged] = useState(false);
  const { timeline: heard, order, now } = useTimeline(orderId, file === undefined);
  const telling = useTelling(file === undefined ? order : undefined);
  const { words } = telling;
  const open = (opened: OpenedFile | undefined): void => {
    setFault(undefined);
    setFile(opened);
  };
  const opening = { onOpen: open, onFault: setFault };
  const wrong = fault && <Notice isFault>{faultTold(fault, words)}</Notice>;
  if (file !== undefined) {
    const notice = (
      <>
        {wrong}
        <Notice>
          {words.page.opened(file.name)}
          <Button onClick={() => open(undefined)}>{words.page.close}</Button>
        </Notice>
      </>
    );
    return <TimelinePage {...{ telling, language, zone, notice, ...opening }} timeline={file.timeline} />;
  }
  const { data: timeline, error, freshness, refresh } = heard;
  const failed = error !== null && <Problem error={error} onRetry={refresh} />;
  if (timeline === undefined || heard.isEarlier) {
    return (
      <Page
        title={`${words.page.order} ${shortId(orderId)}`}
        actions={<OpenFile words={words} {...opening} />}
      >
        {wrong}
        {failed || <Skeleton lines={10} />}
      </Page>
    );
  }
  const { orderStatus, cancelled, steps } = timeline;
  const isAwaiting = steps.some(({ state }) => state === 'AWAITED');
  return (
    <TimelinePage
      {...{ timeline, now, telling, language, zone, ...opening }}
      live={now !== undefined && <LiveLine {...freshness} />}
      notice={
        <>
          {wrong}
          {failed}
          {isNudged && <Notice>{words.page.nudged}</Notice>}
        </>
      }
      actions={
        <>
          {isAwaiting && (
            <NudgeOrder
              timeline={timeline}
              telling={telling}
              onDone={() => {
                setNudged(true);
                refresh();
              }}
            />
          )}
          {orderStatus === 'SUCCESS' && cancelled === undefined && (
            <CancelOrder orderId={orderId} telling={telling} onDone={refresh} />
          )}
        </>
      }
    />
  );
}
