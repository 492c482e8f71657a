import type { OrderTimeline } from '@jangteo/client';
import { Download } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import { fileNameOf, jsonOf, markdownOf, mermaidOf } from '../../timeline/exports.js';
import { factsOf } from '../../timeline/facts.js';
import { layoutOf } from '../../timeline/layout.js';
import { modelOf, type Mark, type TimelineModel } from '../../timeline/model.js';
import type { ReadFault } from '../../timeline/read-file.js';
import {
  labelOf,
  lengthOf,
  listOf,
  notesOf,
  shortId,
  type Telling,
  type ToldMark,
} from '../../timeline/tell.js';
import { useAddress } from '../../ui/address.js';
import { Id, useCopy } from '../../ui/Copy.js';
import { clockOf, dateOf } from '../../ui/format.js';
import { Menu } from '../../ui/Menu.js';
import { OrderStatus } from '../../ui/OrderStatus.js';
import { Page } from '../../ui/Page.js';
import { saveAs } from '../../ui/save.js';
import { Tabs } from '../../ui/Tabs.js';
import { useKeys } from '../../ui/use-keys.js';
import { useWords, type Language } from '../../words/index.js';
import { Inspector } from './Inspector.js';
import { Lanes } from './Lanes.js';
import { Legend } from './Legend.js';
import { MarkList } from './MarkList.js';
import { OpenFile, type OpenedFile } from './OpenFile.js';
import css from './TimelinePage.module.css';
import { useWidth } from './use-width.js';

type View = 'lanes' | 'list';

const NARROW = '(width < 720px)';

export interface TimelinePageProps {
  readonly timeline: OrderTimeline;
  /** The order service's present, in milliseconds; when it was read by default. */
  readonly now?: number | undefined;
  readonly telling: Telling;
  readonly language: Language;
  readonly zone: 'local' | 'utc';
  readonly live?: ReactNode;
  readonly actions?: ReactNode;
  /** Above all else: an error, where the timeline is from. */
  readonly notice?: ReactNode;
  readonly onOpen: (file: OpenedFile) => void;
  readonly onFault: (fault: ReadFault) => void;
}

/** The time of day of moments of an order, to the millisecond. */
function useClock({ placed }: OrderTimeline, zone: 'local' | 'utc'): (ms: number) => string {
  const placedMs = Date.parse(placed.at);
  return useCallback(
    (ms) => {
      const at = placedMs + ms;
      return `${clockOf(at, zone)}.${String(((at % 1_000) + 1_000) % 1_000).padStart(3, '0')}`;
    },
    [placedMs, zone],
  );
}

function ExportMenu({
  timeline,
  telling,
  language,
}: Pick<TimelinePageProps, 'timeline' | 'telling' | 'language'>) {
  const { page } = telling.words;
  // As it was when it was read, whatever time has passed since.
  const model = modelOf(timeline);
  const { actions } = useWords();
  const [copied, copy] = useCopy();
  return (
    <>
      <span role="status" className={css['copied']}>
        {copied === 'copied' && actions.copied}
        {copied === 'failed' && actions.copyFailed}
      </span>
      <Menu
        icon={<Download aria-hidden />}
        items={[
          {
            label: page.exportJson,
            onChoose: () => saveAs(fileNameOf(timeline), jsonOf(timeline), 'application/json'),
          },
          { label: page.exportMermaid, onChoose: () => void copy(mermaidOf(model, telling)) },
          { label: page.exportMarkdown, onChoose: () => void copy(markdownOf(model, telling, language)) },
        ]}
      >
        {page.export}
      </Menu>
    </>
  );
}

function Summary({
  model,
  telling,
  language,
  zone,
}: { readonly model: TimelineModel } & Pick<TimelinePageProps, 'telling' | 'language' | 'zone'>) {
  const { words } = telling;
  const { orderId, orderStatus, why, placed, readAt } = model.timeline;
  const end =
    model.marks.findLast(({ kind, id }) => kind === 'ended' && id === 'ended') ??
    model.marks.find(({ id }) => id === 'succeeded');
  const code = why.code === undefined ? {} : { failureCode: why.code as 'ORDER_TIMED_OUT' };
  const moment = (iso: string): string =>
    `${dateOf(Date.parse(iso), { language, zone })} ${clockOf(Date.parse(iso), zone)}`;
  return (
    <div className={css['summary']}>
      <p className={css['why']}>{why[language]}</p>
      <dl>
        <div>
          <dt>{words.facts.state}</dt>
          <dd>
            <OrderStatus order={{ orderStatus, ...code }} />
          </dd>
        </div>
        <div>
          <dt>{words.page.order}</dt>
          <dd>
            <Id id={orderId} what={words.page.order} />
          </dd>
        </div>
        <div>
          <dt>{words.page.placedAt}</dt>
          <dd>
            <time dateTime={placed.at} title={placed.at}>
              {moment(placed.at)}
            </time>
          </dd>
        </div>
        {end?.at !== undefined && (
          <div>
            <dt>{words.page.took}</dt>
            <dd>{lengthOf(end.at.ms, words)}</dd>
          </div>
        )}
        <div>
          <dt>{words.page.readAt}</dt>
          <dd>
            <time dateTime={readAt} title={`${readAt} · ${words.clocks.order}`}>
              {moment(readAt)}
            </time>
          </dd>
        </div>
      </dl>
    </div>
  );
}

function LanesView({
  model,
  told,
  telling,
  selected,
  onSelect,
  clockOf: clock,
  language,
}: {
  readonly model: TimelineModel;
  readonly told: readonly ToldMark[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly clockOf: (ms: number) => string;
} & Pick<TimelinePageProps, 'telling' | 'language'>) {
  const { words } = telling;
  const [frame, width] = useWidth<HTMLDivElement>();
  const layout = useMemo(
    () =>
      width === undefined ? undefined : layoutOf(model, width, (mark: Mark) => labelOf(model, mark, telling)),
    [model, width, telling],
  );
  const tips = new Map(
    told.map(({ mark, number, when, who, what }) => [mark.id, `${number}. ${when} ${who} ${what}`]),
  );
  return (
    <div ref={frame} className={css['lanes']}>
      {layout && (
        <Lanes
          layout={layout}
          words={words}
          title={words.page.pictureTitle}
          description={`${model.timeline.why[language]} ${words.page.pictureHint}`}
          selected={selected}
          onSelect={onSelect}
          clockOf={clock}
          tipOf={(mark) => tips.get(mark.id) ?? ''}
        />
      )}
    </div>
  );
}

/** The way of one order: the sentence, the lanes or the list, and all that is known of the mark that is chosen. */
export function TimelinePage(props: TimelinePageProps) {
  const { timeline, now, telling, language, zone, live, actions, notice, onOpen, onFault } = props;
  const { words } = telling;
  const { page } = words;
  const [address, change] = useAddress();
  const model = useMemo(() => modelOf(timeline, now), [timeline, now]);
  const told = useMemo(() => listOf(model, telling), [model, telling]);
  const clock = useClock(timeline, zone);
  const view: View =
    (address['view'] ?? (matchMedia(NARROW).matches ? 'list' : 'lanes')) === 'list' ? 'list' : 'lanes';
  const chosen: ToldMark = told.find(({ mark }) => mark.id === address['mark']) ?? firstOf(told);
  const select = useCallback((mark: string) => change({ mark }), [change]);
  const step = (by: 1 | -1): void => {
    const next = told[chosen.number - 1 + by];
    if (next !== undefined) select(next.mark.id);
  };
  const show = (its: View): void => change({ view: its });
  useKeys({ '[': () => step(-1), ']': () => step(1), t: () => show(view === 'list' ? 'lanes' : 'list') });
  const facts = useMemo(() => factsOf(model, chosen.mark, telling), [model, chosen, telling]);
  const notes = notesOf(model, words);
  const its = { model, telling, language };
  const choosing = { selected: chosen.mark.id, onSelect: select, clockOf: clock };
  return (
    <Page
      title={`${page.order} ${shortId(timeline.orderId)}`}
      live={live}
      actions={
        <>
          {actions}
          <OpenFile words={words} onOpen={onOpen} onFault={onFault} />
          <ExportMenu {...{ timeline, telling, language }} />
        </>
      }
    >
      {notice}
      <Summary {...its} zone={zone} />
      <Tabs
        label={page.view}
        value={view}
        options={[
          ['lanes', page.lanes],
          ['list', page.list],
        ]}
        onChange={show}
      />
      <div className={css[view === 'lanes' ? 'below' : 'beside']}>
        {view === 'lanes' ? (
          <div>
            <LanesView {...its} {...choosing} told={told} />
            <Legend words={words} isInFlight={model.isInFlight} />
          </div>
        ) : (
          <MarkList told={told} words={words} {...choosing} />
        )}
        <Inspector told={chosen} count={told.length} facts={facts} words={words} onStep={step} />
      </div>
      <section className={css['honesty']} aria-label={page.honesty}>
        <h2>{page.honesty}</h2>
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </section>
    </Page>
  );
}

/** What one wants to know first: what was refused or given up, else what is awaited, else the beginning. */
function firstOf(told: readonly ToldMark[]): ToldMark {
  const isAt = (...states: readonly string[]) =>
    told.find(({ mark }) => mark.kind === 'step' && states.includes(mark.step.state));
  return isAt('REFUSED', 'GIVEN_UP') ?? isAt('AWAITED') ?? told[0]!;
}
