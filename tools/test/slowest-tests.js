import { relative } from 'node:path';

/** A Jest reporter that prints the ten slowest tests, in milliseconds. */
export default class SlowestTests {
  /** @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_contexts, results) {
    const slowest = results.testResults
      .flatMap(({ testFilePath: file, testResults }) =>
        testResults.map(({ fullName, duration }) => ({ file, fullName, ms: duration ?? 0 })),
      )
      .toSorted((one, other) => other.ms - one.ms)
      .slice(0, 10);
    console.log('\nSlowest tests:');
    for (const { file, fullName, ms } of slowest) {
      console.log(`${String(Math.round(ms)).padStart(7)} ms  ${relative('', file)}: ${fullName}`);
    }
  }
}
