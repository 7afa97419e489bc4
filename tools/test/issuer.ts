import { generateKeyPair, exportJWK, SignJWT } from 'jose';
import { createServer } from 'node:http';
export interface Issuer {
  url: string;
  jwksUrl: string;
  sign(c: any): Promise<string>;
  close(): Promise<void>;
}
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
  const s = createServer((_, r) =>
    r.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
  ).listen(0, '127.0.0.1');
  await new Promise((r) => s.once('listening', r));
  const url = `http://127.0.0.1:${(s.address() as any).port}`;
  return {
    url,
    jwksUrl: url + '/jwks',
    sign: (c) =>
      new SignJWT(c)
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(url)
        .setIssuedAt()
        .setExpirationTime('15m')
        .sign(privateKey),
    close: async () => {
      s.closeAllConnections();
      s.close();
    },
  };
}
