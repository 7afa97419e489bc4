/** The database has to be changed first. The message says how, so it is printed without a stack trace. */
export class SetupError extends Error {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}
