/** The app's name in emails. Change it together with the name in the web app. */
export const appName = 'Acme';
