/**
 * Returns whether a text is a URL. `URL.canParse` of Node.js 20 rejects valid URLs with characters such as `ü` once V8 has
 * optimized its caller.
 */
export function canParseUrl(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}
