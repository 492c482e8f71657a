import { useSettings } from '../app/settings.js';
import { useWords } from '../words/index.js';
import { timeOf } from './format.js';
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
