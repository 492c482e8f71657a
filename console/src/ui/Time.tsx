import { useSettings } from '../app/settings.js';
import { useLanguage, useWords } from '../words/index.js';
import { durationOf, timeOf } from './format.js';
import { useNow } from './now.js';

/** A moment: relative up to an hour, then the clock; whole, with milliseconds, in its title. */
export function Time({ at }: { readonly at: string }) {
  const [{ language, zone }] = useSettings();
  const { time } = useWords();
  const moment = Date.parse(at);
  return (
    <time dateTime={at} title={new Date(moment).toISOString()}>
      {timeOf(moment, Math.max(useNow(), moment), time, { language, zone })}
    </time>
  );
}

/** A moment that may be still to come, such as a deadline. */
export function Due({ at }: { readonly at: string }) {
  const [{ language, zone }] = useSettings();
  const { time } = useWords();
  const moment = Date.parse(at);
  return (
    <time dateTime={at} title={new Date(moment).toISOString()}>
      {timeOf(moment, useNow(), time, { language, zone })}
    </time>
  );
}

export function Duration({ ms }: { readonly ms: number }) {
  return <>{durationOf(ms, useLanguage())}</>;
}
