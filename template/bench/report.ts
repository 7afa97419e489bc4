/** Says what was seen, and whether that is within its limit: the process exits with 1 where one thing is not. */
export function report(what: string, seen: number | string, holds: boolean): void {
  if (!holds) {
    process.exitCode = 1;
  }
  console.log(`${holds ? 'ok  ' : 'FAIL'}  ${what}: ${seen}`);
}
