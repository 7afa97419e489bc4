// Preloaded into a server under test: answers what it has cost so far.
process.on('message', (message) => {
  if (message === 'usage') {
    const { user, system } = process.cpuUsage();
    process.send({ cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() });
  }
});
process.channel?.unref();
