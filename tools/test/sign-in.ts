/** Signs a user up as a browser does, and returns a token. */
export async function signUpForToken(authUrl: string, origin: string, email: string): Promise<string> {
  const signedUp = await fetch(`${authUrl}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password: 'correct horse battery', name: 'Ada' }),
  });
  return tokenFor(signedUp, authUrl);
}

/** Signs a user in as a browser does, and returns a token. */
export async function signInForToken(
  authUrl: string,
  origin: string,
  { email, password }: { email: string; password: string },
): Promise<string> {
  const signedIn = await fetch(`${authUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password }),
  });
  return tokenFor(signedIn, authUrl);
}

async function tokenFor(response: Response, authUrl: string): Promise<string> {
  if (!response.ok) {
    throw new Error(`The auth server returned ${response.status}: ${await response.text()}`);
  }
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const token = await fetch(`${authUrl}/api/auth/token`, { headers: { cookie } });
  return ((await token.json()) as { token: string }).token;
}
