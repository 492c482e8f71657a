import { classes } from '../../ui/classes.js';
import type { ToldMark } from '../../timeline/tell.js';
import type { TimelineWords } from '../../timeline/words.js';
import css from './MarkList.module.css';

/** An order's way as a list: all that the lanes tell, one mark a row. */
export function MarkList({
  told,
  words,
  selected,
  onSelect,
  clockOf,
}: {
  readonly told: readonly ToldMark[];
  readonly words: TimelineWords;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly clockOf: (ms: number) => string;
}) {
  const { page } = words;
  return (
    <table className={css['list']}>
      <caption>{page.listCaption}</caption>
      <thead>
        <tr>
          <th scope="col" className={css['number']}>
            {page.number}
          </th>
          <th scope="col" className={css['since']}>
            {page.since}
          </th>
          <th scope="col" className={css['clock']}>
            {page.clock}
          </th>
          <th scope="col">{page.who}</th>
          <th scope="col">{page.what}</th>
        </tr>
      </thead>
      <tbody>
        {told.map(({ mark, number, when, who, what }) => (
          <tr
            key={mark.id}
            data-tone={mark.tone}
            data-chosen={mark.id === selected}
            onClick={() => onSelect(mark.id)}
          >
            <td className={css['number']}>{number}</td>
            <td className={classes(css['since'], mark.at === undefined && css['missing'])}>{when}</td>
            <td className={css['clock']}>
              {mark.at && (
                <time dateTime={mark.at.iso} title={`${mark.at.iso} · ${words.clocks[mark.at.clock]}`}>
                  {clockOf(mark.at.ms)}
                </time>
              )}
            </td>
            <td className={css['who']}>
              <span className={css['dot']} aria-hidden />
              {who}
            </td>
            <td className={css['what']}>
              <button type="button" aria-pressed={mark.id === selected} onClick={() => onSelect(mark.id)}>
                {what}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
