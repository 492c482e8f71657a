import { useEffect, useState } from 'react';
import css from './Skeleton.module.css';

/** What is there sooner needs no sign that it is awaited. */
const PATIENCE_MS = 200;

/** Whether something is awaited for long enough to be noticed. */
export function useIsLong(): boolean {
  const [isLong, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLong;
}

/** Holds the place of what is awaited, in its final height; drawn once that takes long enough to be noticed. */
export function Skeleton({ lines, height = 40 }: { readonly lines: number; readonly height?: number }) {
  const isLong = useIsLong();
  return (
    <div aria-busy="true" data-skeleton={isLong} className={css['skeleton']}>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} style={{ height }} className={css['line']}>
          {isLong && <span style={{ width: `${40 + ((index * 37) % 45)}%` }} />}
        </div>
      ))}
    </div>
  );
}
