/** Why a token was rejected: a closed set of labels for logs and metrics. */
export type RejectionReason =
  | 'algorithm'
  | 'audience'
  | 'claims'
  | 'duplicate_header'
  | 'expired'
  | 'invalid_time'
  | 'issuer'
  | 'key_mismatch'
  | 'malformed'
  | 'missing_kid'
  | 'not_yet_valid'
  | 'owner'
  | 'scope'
  | 'signature'
  | 'subject'
  | 'too_long'
  | 'type'
  | 'unknown_key'
  | 'unsupported_header';

/** Thrown for a token that is invalid. Trying again with the same token does not help. */
export class InvalidTokenError extends Error {
  /**
   * @param description Tells the client what is wrong, without details that would help an attacker. It becomes the
   * `error_description` of the response (RFC 6750, section 3), so it must not contain quotes or backslashes.
   */
  constructor(
    readonly reason: RejectionReason,
    readonly description: string,
  ) {
    super(reason);
  }
}

/**
 * Thrown when the key that a token needs cannot be fetched. The token may be valid, so the client should try again and
 * stay signed in.
 */
export class KeysUnavailableError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super('The signing keys of the token issuer are unavailable. Try again later.');
  }
}
