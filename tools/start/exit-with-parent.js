/** Preloaded into child processes: ends the process when its parent ends, even if the parent is killed. */
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), 3_000).unref();
});
