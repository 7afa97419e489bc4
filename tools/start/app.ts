import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../project.js';
import { pipe, print, type Source } from './output.js';

/** Preload this module into a child process, so that it does not outlive its parent. */
export const exitWithParent = new URL('exit-with-parent.js', import.meta.url).href;
const stopTimeoutMs = 12_000;

export interface AppOptions {
  name: Source;
  /** Prepares the program and returns its path. */
  program(): Promise<string>;
  /** Called at every start. */
  env(): NodeJS.ProcessEnv;
  /** Returns 200 once the app is ready. */
  readyUrl: string;
}

export class AppStartError extends Error {
  /** @param causedByCode false if its settings are wrong, which it reports itself */
  constructor(
    name: string,
    readonly causedByCode: boolean,
  ) {
    super(`${name} failed to start.`);
  }
}

/** Runs an app as a child process that can be restarted. */
export class App {
  readonly name: Source;
  /** Resolves when the app is ready for the first time. */
  readonly ready: Promise<void>;
  wasStarted = false;
  #announce!: () => void;
  #child?: ChildProcess;
  #isReady = false;

  constructor(private readonly options: AppOptions) {
    this.name = options.name;
    this.ready = new Promise((resolve) => (this.#announce = resolve));
  }

  /**
   * Starts the app and waits until it is ready.
   *
   * @throws AppStartError if it exits before. The app itself reports the reason.
   */
  async start(): Promise<void> {
    this.wasStarted = true;
    this.#isReady = false;
    const child = fork(await this.#prepare(), {
      cwd: root,
      env: this.options.env(),
      execArgv: ['--import', exitWithParent, '--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // In its own session, the app does not receive Ctrl-C: `npm start` stops the apps in order.
      detached: process.platform !== 'win32',
    });
    this.#child = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      pipe(this.name, stream, (line) => {
        if (!this.#isReady) {
          output += `${line}\n`;
        }
        print(this.name, line);
      });
    }
    const ended = once(child, 'close');
    while (this.#runs(child)) {
      if (await isReady(this.options.readyUrl)) {
        this.#isReady = true;
        this.#announce();
        child.once('exit', () => this.#reportCrash(child));
        return;
      }
      await sleep(50);
    }
    if (this.#child !== child) {
      return this.ready;
    }
    await ended;
    throw new AppStartError(this.name, /^(Node\.js v| +at )/m.test(output));
  }

  /** Stops the app and waits for its exit. Kills it after the timeout. */
  async stop(timeoutMs = stopTimeoutMs): Promise<void> {
    const child = this.#child;
    if (!child) {
      return;
    }
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => kill(child), timeoutMs);
    await ended;
    clearTimeout(timer);
  }

  /** Kills the app. */
  kill(): void {
    if (this.#child) {
      kill(this.#child);
    }
  }

  async #prepare(): Promise<string> {
    try {
      return await this.options.program();
    } catch (error) {
      print(this.name, (error as Error).message);
      throw new AppStartError(this.name, true);
    }
  }

  #runs(child: ChildProcess): boolean {
    return this.#child === child && child.exitCode === null && child.signalCode === null;
  }

  #reportCrash(child: ChildProcess): void {
    if (this.#child !== child) {
      return;
    }
    this.#child = undefined;
    const next =
      this.name === 'web' ? 'Press Ctrl-C and run npm start again.' : 'Save a source file to restart it.';
    print(this.name, `crashed. ${next}`);
  }
}

/** Kills the process group, because Next.js starts child processes. */
function kill(child: ChildProcess): void {
  try {
    if (process.platform === 'win32' || !child.pid) {
      child.kill('SIGKILL');
    } else {
      process.kill(-child.pid, 'SIGKILL');
    }
  } catch {
    // The process has already exited.
  }
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 60_000 }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
