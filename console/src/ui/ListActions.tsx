import { csvOf } from '@jangteo/client';
import { Download, Link, Share2, Table } from 'lucide-react';
import { useWords } from '../words/index.js';
import { useCopy } from './Copy.js';
import { Menu } from './Menu.js';
import { saveAs } from './save.js';
import { markdownOf, type Cells } from './tables.js';

/** More would be a report, for which the API is there. */
export const EXPORTED_ROWS_MAX = 10_000;

/**
 * Hands on what a page shows: its address, and its list under the same filter.
 *
 * @param cells as the page shows them
 * @param all as many as there are, up to {@link EXPORTED_ROWS_MAX}; what is shown where there is no more
 */
export function ListActions({
  name,
  cells,
  all,
  isEarlier = false,
}: {
  readonly name: string;
  readonly cells?: Cells | undefined;
  readonly all?: () => Promise<Cells>;
  /** True while the cells are of another filter than the page has. */
  readonly isEarlier?: boolean;
}) {
  const { actions } = useWords();
  const [copied, copy] = useCopy();
  const exported = async () => saveAs(`${name}.csv`, csvOf((await all?.()) ?? cells ?? []), 'text/csv');
  return (
    <Menu
      icon={<Share2 aria-hidden />}
      items={[
        { label: actions.copyLink, icon: <Link aria-hidden />, onChoose: () => void copy(location.href) },
        ...(cells === undefined
          ? []
          : [
              {
                label: actions.copyMarkdown,
                icon: <Table aria-hidden />,
                refusal: isEarlier ? actions.earlier : undefined,
                onChoose: () => void copy(markdownOf(cells)),
              },
              { label: actions.exportCsv, icon: <Download aria-hidden />, onChoose: () => void exported() },
            ]),
      ]}
    >
      {copied === undefined ? actions.share : copied === 'copied' ? actions.copied : actions.copyFailed}
    </Menu>
  );
}
