/** Why a token was refused: a closed set, for logs and metrics. */
export type Refusal =
  | 'algorithm'
  | 'audience'
  | 'claim_type'
  | 'duplicate_header'
  | 'expired'
  | 'issuer'
  | 'malformed'
  | 'no_key_id'
  | 'not_yet_valid'
  | 'signature'
  | 'subject'
  | 'too_long'
  | 'type'
  | 'unfit_key'
  | 'unknown_key'
  | 'unsupported_header';

/** A token that is not accepted, now or ever. */
export class InvalidTokenError extends Error {
  /**
   * @param description tells the client what to do, and nothing that an attacker could use: the `error_description` of
   * the answer (RFC 6750, section 3), so it holds neither quotes nor backslashes
   */
  constructor(
    readonly reason: Refusal,
    readonly description: string,
  ) {
    super(reason);
  }
}

/** The key that a token needs can't be had now: it may be good, so the client must try again and not sign out. */
export class KeysUnavailableError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super('The keys of the issuer cannot be had now. Try again.');
  }
}
