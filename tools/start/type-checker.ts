import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { root, stateDirectory } from '../project.js';
import { exitWithParent } from './app.js';
import { pipe, print } from './output.js';

/** Checks the types of the servers beside the running system, and shows what is wrong, and when it no longer is. */
export function watchTypes(env: NodeJS.ProcessEnv): ChildProcess {
  const compiler = fork(
    join(root, 'node_modules/typescript/bin/tsc'),
    [
      '--noEmit',
      '--watch',
      '--preserveWatchOutput',
      '--incremental',
      '--tsBuildInfoFile',
      join(stateDirectory, 'types.tsbuildinfo'),
      ...(env.FORCE_COLOR ? ['--pretty'] : []),
    ],
    { cwd: root, env, execArgv: ['--import', exitWithParent], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  let wrong = false;
  pipe('types', compiler.stdout, (line) => {
    const count = /Found (\d+ errors?)/.exec(line)?.[1];
    if (count === '0 errors') {
      if (wrong) {
        print('types', 'No errors any more.');
      }
      wrong = false;
    } else if (count) {
      print('types', `${count} to mend; the system runs on.`);
    } else if (line.trim() && !/Starting (incremental )?compilation|File change detected/.test(line)) {
      wrong = true;
      print('types', line);
    }
  });
  return compiler;
}
