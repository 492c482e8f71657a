import { Map as MapIcon, Table2 } from 'lucide-react';
import { useAddress } from '../../ui/address.js';
import { Button } from '../../ui/Button.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Old } from '../../ui/Old.js';
import { Page, Panel } from '../../ui/Page.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { cellsOf } from '../../ui/tables.js';
import { useKeys } from '../../ui/use-keys.js';
import { useLiveShop } from '../../app/live-shop.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { Figures } from './Figures.js';
import { SERVICES } from './load.js';
import { NodePane } from './NodePane.js';
import { ShopMap, type Node } from './ShopMap.js';
import { columnsOf, rowsOf, ShopTable } from './ShopTable.js';
import { Silences } from './Silences.js';
import { Strip } from './Strip.js';
import { words as overviewWords } from './words.js';

const isNode = (name: string | undefined): name is Node =>
  name === 'broker' || SERVICES.some((service) => service === name);

/** The shop as it is now: sound or not, where its orders are, and who does not answer. */
export default function Overview() {
  const words = useWordsOf(overviewWords);
  const shared = useWords();
  const language = useLanguage();
  const { heard, now, freshness } = useLiveShop();
  const [{ view, node }, change] = useAddress();
  const shop = heard.at(-1);
  const isTable = view === 'table';
  const turn = () => change({ view: isTable ? undefined : 'table' });
  const open = (name: Node) => change({ node: name }, true);
  useKeys({ v: turn });
  const columns = shop && columnsOf(shop, words, shared, language);
  return (
    <Page
      title={shared.pages.overview}
      live={<LiveLine {...freshness} isStream />}
      actions={<ListActions name="shop" cells={shop && columns && cellsOf(columns, rowsOf(shop))} />}
    >
      {now !== undefined && <Silences heard={heard} />}
      {shop === undefined || columns === undefined ? (
        <Skeleton lines={12} height={56} />
      ) : (
        <Old of={freshness}>
          <Figures shop={shop} />
          <Panel
            title={words.map}
            actions={
              <Button
                kind="quiet"
                icon={isTable ? <MapIcon aria-hidden /> : <Table2 aria-hidden />}
                onClick={turn}
              >
                {isTable ? words.asMap : words.asTable}
              </Button>
            }
          >
            {isTable ? (
              <ShopTable shop={shop} columns={columns} openKey={node} onOpen={open} />
            ) : (
              <ShopMap shop={shop} onOpen={open} />
            )}
          </Panel>
          <Panel title={words.strip}>
            <Strip heard={heard} />
          </Panel>
        </Old>
      )}
      {isNode(node) && <NodePane node={node} heard={heard} onClose={() => change({ node: undefined })} />}
    </Page>
  );
}
