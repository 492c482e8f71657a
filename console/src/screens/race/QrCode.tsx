import { useMemo } from 'react';
import { pathOf, qrOf } from './qr.js';
import css from './race.module.css';

/** What has to be around a code for it to be found, in modules. */
const MARGIN = 4;

/** A text to be read by a telephone; nothing where it is too long for that. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const modules = useMemo(() => qrOf(text), [text]);
  if (modules === undefined) return null;
  const size = modules.length + 2 * MARGIN;
  return (
    <svg
      className={css['code']}
      role="img"
      aria-label={label}
      viewBox={`${-MARGIN} ${-MARGIN} ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={pathOf(modules)} />
    </svg>
  );
}
