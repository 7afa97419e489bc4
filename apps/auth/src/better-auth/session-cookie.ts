import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Returns the session token in a `Cookie` header if its signature is valid. Better Auth signs it as
 * `<token>.<base64 of HMAC-SHA256>`, percent-encoded. Unlike its own check, this one needs no thread of the thread pool,
 * which hashes passwords. If the header contains the cookie several times, one valid signature is enough.
 */
export function findSessionToken(
  header: string | undefined,
  name: string,
  secret: string,
): string | undefined {
  return header
    ?.split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => verify(pair.slice(name.length + 1), secret))
    .find((token) => token !== undefined);
}

function verify(value: string, secret: string): string | undefined {
  const [, token, signature] = /^(.+)\.([^.]+)$/.exec(decode(value.replaceAll('"', ''))) ?? [];
  if (!token || !signature) {
    return undefined;
  }
  const expected = Buffer.from(createHmac('sha256', secret).update(token).digest('base64'));
  const actual = Buffer.from(signature);
  return actual.length === expected.length && timingSafeEqual(actual, expected) ? token : undefined;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
