/** Signs a user up as a browser does, and returns a token. */
export async function signUpForToken(authUrl: string, origin: string, email: string): Promise<string> {
  return tokenFor('sign-up', authUrl, origin, { email, password: 'correct horse battery', name: 'Ada' });
}

/** Signs a user in as a browser does, and returns a token. */
export async function signInForToken(
  authUrl: string,
  origin: string,
  user: { email: string; password: string },
): Promise<string> {
  return tokenFor('sign-in', authUrl, origin, user);
}

async function tokenFor(action: string, authUrl: string, origin: string, user: object): Promise<string> {
  const response = await fetch(`${authUrl}/api/auth/${action}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(user),
  });
  if (!response.ok) {
    throw new Error(`The auth server returned ${response.status}: ${await response.text()}`);
  }
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  const token = await fetch(`${authUrl}/api/auth/token`, { headers: { cookie: cookies.join('; ') } });
  return ((await token.json()) as { token: string }).token;
}
