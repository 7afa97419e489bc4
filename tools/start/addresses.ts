import { bold } from './output.js';

export interface Addresses {
  web?: string;
  api: string;
  auth: string;
  databaseUrl: string;
  demoUser?: { email: string; password: string };
  isPreview: boolean;
}

/** Returns the table of addresses that `npm start` prints, and what to do next. */
export function describe({ web, api, auth, databaseUrl, demoUser, isPreview }: Addresses): string {
  const database = new URL(databaseUrl);
  database.password = '';
  const rows = [
    ...(web ? [['web', web]] : []),
    ['api', `${api}/api`],
    ['api docs', `${api}/docs`],
    ['auth', `${auth}/api/auth`],
    ['database', `${database.href} (npm run db:url prints it with the password)`],
    ...(demoUser ? [['demo user', `${demoUser.email}, password ${demoUser.password}`]] : []),
  ];
  const table = rows.map(([name = '', value = '']) => `  ${name.padEnd(11)} ${bold(value)}`);
  return ['', ...table, '', ...nextSteps(web, isPreview).map((step) => `  ${step}`), ''].join('\n');
}

function nextSteps(web: string | undefined, isPreview: boolean): string[] {
  return [
    ...(web ? [`Open ${web} and sign in.`] : []),
    isPreview
      ? 'These are the production builds. Run npm run preview again after a change.'
      : 'Change a file under apps/ or libs/ and its app reloads.',
    'Press Ctrl-C to stop. Your data is kept.',
  ];
}
