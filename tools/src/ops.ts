import { adminAccess, AdminClient } from './admin-client.js';
import { COMMANDS } from './ops/commands.js';
import { help, readOpsOptions } from './ops/options.js';
import { outliveReaders, UsageError } from './program.js';

async function main(): Promise<number> {
  try {
    const options = readOpsOptions(process.argv.slice(2));
    if (options === 'help') {
      console.log(help);
      return 0;
    }
    const { json, text } = await AdminClient.during(await adminAccess(options.url), async (client) =>
      COMMANDS[options.command](client, options),
    );
    console.log(options.json ? JSON.stringify(json, undefined, 2) : text);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof UsageError)) {
      console.error(message);
      return 1;
    }
    console.error(`${message}\nnpm run ops -- --help shows what there is.`);
    return 2;
  }
}

outliveReaders();

process.exitCode = await main();
