import { runMain, startService } from '@jangteo/service';
import { AdminHandler } from './accounts/admin.handler.js';
import { logAdminActions } from './operations/admin-log.js';
import { readGatewayConfig } from './gateway.config.js';
import { gatewayModule, routesOfApi } from './gateway.module.js';
import { serveConsole } from './http/console-site.js';
import { FrontDoor } from './http/http.js';
import { OperatorsServer } from './operations/operators.server.js';

await runMain(async () => {
  const config = readGatewayConfig();
  const door = new FrontDoor(config);
  await startService({
    config,
    module: gatewayModule(config),
    adapter: door.adapter(),
    prepare: (app) => {
      // Before the door takes the answer for made.
      logAdminActions(app);
      door.prepare(app, routesOfApi());
      serveConsole(app.getHttpAdapter().getInstance(), config);
    },
    listen: (app) => app.get(OperatorsServer).listen(),
    complete: (app) => app.get(AdminHandler).ensureAdmin(),
  });
});
