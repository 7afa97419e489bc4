import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Tells scanners for leaked secrets, and readers of a log, what the text is. Tokens with another prefix are invalid. */
const PREFIX = 'ntt_';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** The lengths that the largest values have in base 62. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const FORMAT = new RegExp(`^${PREFIX}([0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`);

/** Creates a token: the prefix, a secret of 256 random bits, and the CRC-32 of the secret, in base 62. */
export function createToken(): string {
  const secret = toBase62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_LENGTH);
  return PREFIX + secret + checksum(secret);
}

/** Returns the token of an `Authorization: Bearer` header, or undefined if it is not a personal token. */
export function readPersonalToken(authorization: string | null | undefined): string | undefined {
  const token = authorization?.replace(/^bearer +/i, '') ?? '';
  const [, secret, actual] = FORMAT.exec(token) ?? [];
  return secret !== undefined && checksum(secret) === actual && token !== authorization ? token : undefined;
}

/** A fast hash is enough, because nobody can guess 256 random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function checksum(secret: string): string {
  return toBase62(BigInt(crc32(secret)), CHECKSUM_LENGTH);
}

function toBase62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) {
    text = BASE62[Number(rest % 62n)] + text;
  }
  return text.padStart(length, '0');
}
