/** The name in page titles and the logo. */
export const appName = 'Acme';
/** The prefix of cookie and storage keys. */
export const appId = 'task-template';
