import { readFileSync } from 'node:fs';

const parentCheckMs = 250;
/** npm forwards a Ctrl-C that the terminal has already sent. Two signals within this time count as one. */
const sameSignalMs = 800;

/**
 * Calls `stop` at the first signal, when the terminal closes, or when the npm that runs this program dies. Calls `force`
 * at the second signal.
 */
export function onStopSignal(stop: () => void, force: () => void): void {
  let askedAt = 0;
  const ask = () => {
    if (!askedAt) {
      askedAt = performance.now();
      stop();
    } else if (performance.now() - askedAt > sameSignalMs) {
      force();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, ask);
  }
  // After the terminal has closed, writing fails. The apps must still be stopped in order.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {});
  }
  if (process.env.npm_lifecycle_event) {
    whenNpmDies(() => askedAt || ask());
  }
}

/** A killed npm sends no signal, but the parent of this program or of its shell changes. */
function whenNpmDies(stop: () => void): void {
  const ancestors = ancestorsUpToNpm();
  setInterval(() => {
    if (ancestorsUpToNpm() !== ancestors) {
      stop();
    }
  }, parentCheckMs).unref();
}

function ancestorsUpToNpm(): string {
  try {
    // Field 2 is the name of the program in parentheses, field 4 its parent's id: see proc_pid_stat(5).
    const [, name, parent] =
      /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return name?.endsWith('sh') ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}
