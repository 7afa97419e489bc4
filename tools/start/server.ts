import { compile } from '../compile.js';
import { migrate, type Schema } from '../db/databases.js';
import { App } from './app.js';
import { print } from './output.js';
import { reloadOnChange } from './reload.js';
import { onStopSignal } from './stop-signals.js';

/** `server.ts api` or `server.ts auth`: runs one server with reload on change, in a container of its own. */
const name = process.argv[2] as Schema;
const app = new App({
  name,
  program: () => compile(`apps/${name}/src/main.ts`),
  env: () => process.env,
  readyUrl: `http://localhost:${process.env[`${name.toUpperCase()}_PORT`]}/health/ready`,
});
const stopReloading = reloadOnChange({
  app,
  folders: [`apps/${name}/src`, 'libs'],
  migrate: async () => print('migrations', await migrate(process.env, [name])),
});
onStopSignal(
  () => {
    void stopReloading();
    void app.stop().then(() => process.exit(0));
  },
  () => {
    app.kill();
    process.exit(130);
  },
);
await app.start().catch(() => print(name, 'failed to start. Fix its code and it starts again.'));
