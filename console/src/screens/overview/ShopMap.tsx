import type { ShopNow } from '@jangteo/client';
import { useSyncExternalStore, type MouseEvent, type ReactNode } from 'react';
import { countOf, durationOf } from '../../ui/format.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import type { ServiceName, ServiceNow } from './figures.js';
import { NARROW, WIDE, type Box, type Layout } from './layout.js';
import { ordersThrough, SERVICES, stepOf, waitingFor } from './load.js';
import css from './ShopMap.module.css';
import { words as overviewWords } from './words.js';

const PHONE = matchMedia('(width < 720px)');

function useIsPhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      PHONE.addEventListener('change', listener);
      return () => PHONE.removeEventListener('change', listener);
    },
    () => PHONE.matches,
  );
}

export type Node = ServiceName | 'broker';

/** Drawn as so many dots; more of them are a number. */
const DOTS_MAX = 8;

function Replicas({ count, x, y }: { readonly count: number; readonly x: number; readonly y: number }) {
  if (count > DOTS_MAX)
    return (
      <text x={x - 4} y={y + 4} className={css['small']}>
        {`×${count}`}
      </text>
    );
  return Array.from({ length: count }, (_, index) => (
    <circle key={index} cx={x + index * 12} cy={y} r={4} className={css['replica']} />
  ));
}

function Database({ box: { x, y, width, height } }: { readonly box: Box }) {
  const { database } = useWordsOf(overviewWords);
  const [curve, middle] = [6, x + width / 2];
  const sides = `M${x} ${y + curve}V${y + height - curve}A${width / 2} ${curve} 0 0 0 ${x + width} ${y + height - curve}V${y + curve}`;
  return (
    <g className={css['database']}>
      <path d={sides} />
      <ellipse cx={middle} cy={y + curve} rx={width / 2} ry={curve} />
      <text x={middle} y={y + height / 2 + 8} className={css['small']} textAnchor="middle">
        {database}
      </text>
    </g>
  );
}

/** Something of the map that leads to more of it. */
function NodeLink({
  node,
  label,
  onOpen,
  children,
}: {
  readonly node: Node;
  readonly label: string;
  readonly onOpen: (node: Node) => void;
  readonly children: ReactNode;
}) {
  const open = (event: MouseEvent) => {
    // Elsewhere than here is the browser's own.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(node);
  };
  return (
    <a href={`?node=${node}`} className={css['node']} aria-label={label} onClick={open}>
      {children}
    </a>
  );
}

function Service({
  told,
  box,
  label,
  onOpen,
}: {
  readonly told: ServiceNow;
  readonly box: Box;
  readonly label: string;
  readonly onOpen: (node: Node) => void;
}) {
  const words = useWords();
  const language = useLanguage();
  const { service, isAnswering, replicas, answeredInMs } = told;
  const { x, y, width, height } = box;
  return (
    <>
      <NodeLink node={service} label={label} onOpen={onOpen}>
        <rect {...box} rx={8} className={css['box']} data-silent={!isAnswering} />
        <text x={x + 14} y={y + 24} className={css['name']}>
          {words.services[service]}
        </text>
      </NodeLink>
      {/* The link says it in its own words. */}
      <g aria-hidden className={css['over']}>
        {isAnswering && replicas !== undefined && <Replicas count={replicas} x={x + 18} y={y + 41} />}
        {(!isAnswering || replicas === undefined) && (
          <text x={x + 14} y={y + 45} className={css[isAnswering ? 'small' : 'silent']}>
            {isAnswering ? words.frame.answers : `✕ ${words.frame.silent}`}
          </text>
        )}
        <text x={x + width - 12} y={y + height - 13} className={css['small']} textAnchor="end">
          {answeredInMs === undefined ? '' : durationOf(answeredInMs, language)}
        </text>
      </g>
    </>
  );
}

function Edge({
  layout,
  shop,
  told,
}: {
  readonly layout: Layout;
  readonly shop: ShopNow;
  readonly told: ServiceNow;
}) {
  const language = useLanguage();
  const words = useWordsOf(overviewWords);
  const { service, isAnswering } = told;
  const { toBroker, toDatabase } = layout.edges[service];
  const rate = ordersThrough(shop, service);
  const waiting = waitingFor(told) ?? 0;
  const count = countOf(waiting, language);
  return (
    <g data-edge={service} data-step={stepOf(rate)} data-away={!isAnswering}>
      {[toBroker, toDatabase].map((path) => (
        <g key={path} aria-hidden>
          <path d={path} className={css['edge']} />
          {isAnswering && rate !== undefined && rate > 0 && <path d={path} className={css['flow']} />}
        </g>
      ))}
      {waiting > 0 && (
        <text {...layout.depths[service]} className={css['depth']}>
          {layout.isBrokerUpright ? count : words.waiting(count)}
        </text>
      )}
    </g>
  );
}

function Broker({ layout: { broker, isBrokerUpright } }: { readonly layout: Layout }) {
  const words = useWordsOf(overviewWords);
  const [x, y] = [broker.x + broker.width / 2, broker.y + broker.height / 2];
  const upright = isBrokerUpright ? { transform: `rotate(-90 ${x} ${y})` } : {};
  return (
    <>
      <rect {...broker} rx={8} className={css['broker']} />
      <text x={x} y={y + 5} className={css['name']} textAnchor="middle" {...upright}>
        {words.broker}
      </text>
    </>
  );
}

/** The services, the broker between them and a database each: always in the same place. */
export function ShopMap({ shop, onOpen }: { readonly shop: ShopNow; readonly onOpen: (node: Node) => void }) {
  const words = useWordsOf(overviewWords);
  const { services: names, frame } = useWords();
  const language = useLanguage();
  const layout = useIsPhone() ? NARROW : WIDE;
  const all = SERVICES.flatMap((name) => shop.services.find(({ service }) => service === name) ?? []);
  const labelOf = (told: ServiceNow): string => {
    const { service, isAnswering, replicas } = told;
    const waiting = waitingFor(told);
    return [
      names[service],
      isAnswering ? frame.answers : frame.silent,
      ...(replicas === undefined ? [] : [words.replicas(replicas)]),
      ...(waiting === undefined ? [] : [words.waiting(countOf(waiting, language))]),
    ].join(', ');
  };
  return (
    <figure className={css['map']}>
      <svg viewBox={`0 0 ${layout.width} ${layout.height}`} role="group" aria-label={words.map}>
        {all.map((told) => (
          <Edge key={told.service} layout={layout} shop={shop} told={told} />
        ))}
        <NodeLink node="broker" label={words.broker} onOpen={onOpen}>
          <Broker layout={layout} />
        </NodeLink>
        {all.map((told) => (
          <Database key={told.service} box={layout.databases[told.service]} />
        ))}
        {all.map((told) => (
          <Service
            key={told.service}
            told={told}
            box={layout.services[told.service]}
            label={labelOf(told)}
            onOpen={onOpen}
          />
        ))}
      </svg>
      <figcaption className={css['legend']}>
        {words.legend}
        {words.legendSteps.map((text, index) => (
          <span key={text}>
            <svg width="28" height="8" aria-hidden data-step={index + 1}>
              <path d="M0 4H28" className={css['edge']} />
            </svg>
            {text}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
