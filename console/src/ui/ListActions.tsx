import { Download, Link, Share2, Table } from 'lucide-react';
import { useState } from 'react';
import { useLanguage, useWords } from '../words/index.js';
import { Button } from './Button.js';
import { useCopy } from './Copy.js';
import { Dialog } from './Dialog.js';
import { csvFileOf, EXPORTED_ROWS_MAX, type Exported } from './export.js';
import { countOf } from './format.js';
import { Menu } from './Menu.js';
import { Problem } from './Problem.js';
import { saveAs } from './save.js';
import { markdownOf, type Cells } from './tables.js';

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
  readonly all?: (() => Promise<Exported>) | undefined;
  /** True while the cells are of another filter than the page has. */
  readonly isEarlier?: boolean;
}) {
  const { actions } = useWords();
  const language = useLanguage();
  const [copied, copy] = useCopy();
  const [isExporting, setExporting] = useState(false);
  const [ended, end] = useState<{ readonly error?: unknown; readonly isCut?: boolean }>({});
  const save = async () => {
    setExporting(true);
    end({});
    try {
      const exported = (await all?.()) ?? { cells: cells ?? [], isCut: false };
      saveAs(`${name}.csv`, csvFileOf(exported.cells), 'text/csv;charset=utf-8');
      end({ isCut: exported.isCut });
    } catch (error) {
      end({ error });
    } finally {
      setExporting(false);
    }
  };
  const close = () => end({});
  const told = { copied: actions.copied, failed: actions.copyFailed };
  const label = isExporting ? actions.exporting : copied === undefined ? actions.share : told[copied];
  return (
    <>
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
                {
                  label: actions.exportCsv,
                  icon: <Download aria-hidden />,
                  refusal: isExporting
                    ? actions.exporting
                    : isEarlier && all === undefined
                      ? actions.earlier
                      : undefined,
                  onChoose: () => void save(),
                },
              ]),
        ]}
      >
        {label}
      </Menu>
      <Dialog
        isOpen={ended.error !== undefined || ended.isCut === true}
        title={actions.exportCsv}
        onClose={close}
        actions={
          <Button data-first onClick={close}>
            {actions.close}
          </Button>
        }
      >
        {ended.error === undefined ? (
          <p>{actions.cut(countOf(EXPORTED_ROWS_MAX, language))}</p>
        ) : (
          <Problem error={ended.error} onRetry={() => void save()} />
        )}
      </Dialog>
    </>
  );
}
