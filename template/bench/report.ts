/** Prints a measured value and whether it is within its limit. The process exits with 1 if one is not. */
export function report(name: string, value: number | string, ok: boolean): void {
  if (!ok) {
    process.exitCode = 1;
  }
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name}: ${value}`);
}
