import { readFileSync } from 'node:fs';

const parentCheckMs = 250;
/** npm hands on a Ctrl-C that the terminal has sent already: two signals this close are one. */
const sameSignalMs = 800;

/**
 * Calls `stop` once, when this program is asked to end: by a signal, by the end of its terminal, or by the death of the
 * npm that runs it. Asked again, it calls `force`.
 */
export function whenAskedToStop(stop: () => void, force: () => void): void {
  let askedAt = 0;
  const ask = () => {
    if (!askedAt) {
      askedAt = performance.now();
      stop();
    } else if (performance.now() - askedAt > sameSignalMs) {
      force();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  // Nobody reads any more where the terminal is gone: that is no reason to end before the parts are stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  if (process.env.npm_lifecycle_event) whenNpmDies(() => askedAt || ask());
}

/** Where npm is killed, nothing tells the program that it runs, nor the shell between them: their parent changes. */
function whenNpmDies(stop: () => void): void {
  const ancestors = ancestorsUpToNpm();
  setInterval(() => {
    if (ancestorsUpToNpm() !== ancestors) stop();
  }, parentCheckMs).unref();
}

function ancestorsUpToNpm(): string {
  try {
    // The second member is the program's name, in parentheses, and the fourth the parent's id: proc_pid_stat(5).
    const [, name, parent] =
      /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return name?.endsWith('sh') ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}
