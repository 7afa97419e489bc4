import type { Reporter, Suite } from '@playwright/test/reporter';

/** Prints a summary line like Jest. Counts skipped and flaky tests as failed. */
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
