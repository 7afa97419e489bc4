export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The one value of a parameter; of several, the first. */
export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
