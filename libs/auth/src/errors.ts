/** Why a token was refused; `description` tells the client what to do, and nothing that an attacker could use. */
export class InvalidTokenError extends Error {
  /**
   * @param reason a word for logs and metrics, such as `expired`
   * @param description the `error_description` of the answer (RFC 6750, section 3)
   * @param details what was expected and found, for the log alone
   */
  constructor(
    readonly reason: string,
    readonly description: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(reason);
  }
}

/** The key that a token needs can't be had now: it may be good, so the client must try again and not sign out. */
export class KeysUnavailableError extends Error {
  constructor(
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super('The keys of the issuer cannot be had now.', options);
  }
}
