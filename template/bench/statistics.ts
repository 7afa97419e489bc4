/** Returns the value that a quarter of the values are below. Other load on the machine only ever adds to a measurement. */
export function lowerQuartile(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)]!;
}

/** Returns the value that a share of the values are below, for example 0.99 of them. */
export function percentile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}
