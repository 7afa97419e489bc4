import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { root, stateDirectory } from '../project.js';
import { exitWithParent } from './app.js';
import { pipe, print } from './output.js';

/** Runs `tsc --watch` while the system runs, and prints type errors and their fix. */
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
        print('types', 'No type errors left.');
      }
      wrong = false;
    } else if (count) {
      print('types', `${count}. The system keeps running.`);
    } else if (line.trim() && !/Starting (incremental )?compilation|File change detected/.test(line)) {
      wrong = true;
      print('types', line);
    }
  });
  return compiler;
}
