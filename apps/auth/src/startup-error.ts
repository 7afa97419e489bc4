/** What keeps the server from starting, in a sentence that says what to do: shown without a stack. */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}
