/** The app's name in emails. `npm run setup -- --name` changes it, as in the web app. */
export const appName = 'Tasks';
