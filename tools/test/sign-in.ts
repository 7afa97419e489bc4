/** What a person's browser does at the auth server: signs up, and asks for a token with the cookie that it got. */
export async function signUpForToken(authUrl: string, origin: string, email: string): Promise<string> {
  const signedUp = await fetch(`${authUrl}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password: 'correct horse battery', name: 'Ada' }),
  });
  return tokenFor(signedUp, authUrl);
}

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

async function tokenFor(answer: Response, authUrl: string): Promise<string> {
  if (!answer.ok) {
    throw new Error(`The auth server answered ${answer.status}: ${await answer.text()}`);
  }
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const response = await fetch(`${authUrl}/api/auth/token`, { headers: { cookie } });
  return ((await response.json()) as { token: string }).token;
}
