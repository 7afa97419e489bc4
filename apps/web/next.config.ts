import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  // On a phone, the indicator covers buttons at the bottom of the page. Next.js shows errors without it.
  devIndicators: false,
  // Containers may not receive file events: the servers poll with the same variable.
  watchOptions: { pollIntervalMs: Number(process.env.CHOKIDAR_INTERVAL) || undefined },
  // Fast refresh updates only modules of pages that were opened before. A new page would be rendered with old versions
  // of the modules that it shares with them, such as the navigation, and hydration would fail.
  experimental: { turbopackServerFastRefresh: false },
  // The server loads it anyway. Otherwise Turbopack compiles it for every start of the development server.
  serverExternalPackages: ['zod'],
  turbopack: { root: join(import.meta.dirname, '../..') },
  // The same for every response. server/page-security.mjs sets the Content-Security-Policy, which has a nonce.
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'Referrer-Policy', value: 'same-origin' },
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
      ],
    },
  ],
};

export default config;
