import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import type { ReactNode } from 'react';
import { appName } from '@/app-name';
import { environment } from '@/lib/environment';
import { parseTheme, themeCookie } from '@/lib/preferences/theme';
import { RedirectToPublicOrigin } from '@/lib/redirect-to-public-origin';
import { StyleNonce } from '@/lib/security/style-nonce';
import './globals.css';

export const metadata: Metadata = {
  title: { default: appName, template: `%s · ${appName}` },
  description: 'Keep track of what you want to get done.',
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafaf9' },
    { media: '(prefers-color-scheme: dark)', color: '#121214' },
  ],
};

/** Reads the request headers, so that Next renders every page per request, with its own nonce. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookie)?.value);
  const nonce = (await headers()).get('x-nonce') ?? '';
  return (
    <html lang="en" data-theme={theme}>
      <body className="min-h-dvh">
        <RedirectToPublicOrigin origin={environment().BETTER_AUTH_URL} nonce={nonce} />
        <StyleNonce nonce={nonce} />
        {children}
      </body>
    </html>
  );
}
