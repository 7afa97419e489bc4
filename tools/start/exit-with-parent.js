/** Loaded into every child of `npm start`: whichever way that one ends, no child outlives it. */
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), 3_000).unref();
});
