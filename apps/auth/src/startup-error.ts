/** Ends the start of the server or a command. Its message says what to do, so it is printed without a stack trace. */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}
