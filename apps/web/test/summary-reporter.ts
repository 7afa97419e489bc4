import type { Reporter, Suite } from '@playwright/test/reporter';

/** Ends the output with the sum of all tests, written as Jest writes it. What did not run, or not at once, has failed. */
export default class SummaryReporter implements Reporter {
  private suite: Suite | undefined;

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  onEnd(): void {
    const outcomes = this.suite?.allTests().map((test) => test.outcome()) ?? [];
    const passed = outcomes.filter((outcome) => outcome === 'expected').length;
    console.log(`Tests: ${outcomes.length - passed} failed, ${passed} passed`);
  }
}
