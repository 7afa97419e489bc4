import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import getPort from 'get-port';

/**
 * Starts the built app with a fake auth server and requests a page as a signed-in user.
 *
 * @param {string} path
 * @returns the compressed size, in bytes, of the scripts in the HTML of the page
 */
export async function measureFirstLoad(path) {
  const authServer = createServer((_request, response) => {
    const user = { id: 'measure', name: 'Ada', email: 'ada@example.com', emailVerified: true };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ session: {}, user }));
  });
  const authUrl = await listen(authServer);
  const port = await getPort();
  const web = spawn(process.execPath, [join(import.meta.dirname, 'start.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      WEB_PORT: String(port),
      AUTH_URL: authUrl,
      API_URL: 'http://localhost:1',
      BETTER_AUTH_URL: `http://localhost:${port}`,
    },
  });
  try {
    const origin = `http://localhost:${port}`;
    const page = await (await fetchWhenReady(`${origin}${path}`)).text();
    const tags = page.match(/<script[^>]* src="[^"]+"[^>]*>/g) ?? [];
    // Browsers that support modules skip these polyfills.
    const modern = tags.filter((tag) => !/ nomodule/i.test(tag));
    const scripts = new Set(modern.map((tag) => / src="([^"]+)"/.exec(tag)?.[1]));
    if (scripts.size === 0) {
      throw new Error(`No script found in the HTML of ${path}.`);
    }
    let bytes = 0;
    for (const url of scripts) {
      const script = await fetch(new URL(/** @type {string} */ (url), origin));
      if (!script.ok) {
        throw new Error(`${url} responded with ${script.status}.`);
      }
      bytes += gzipSync(Buffer.from(await script.arrayBuffer())).length;
    }
    return bytes;
  } finally {
    web.kill();
    authServer.close();
    await once(web, 'exit');
  }
}

/** @param {import('node:http').Server} server */
async function listen(server) {
  await once(server.listen(0, 'localhost'), 'listening');
  return `http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
}

/** @param {string} url */
async function fetchWhenReady(url) {
  const headers = { cookie: 'better-auth.session_token=measure' };
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, { headers, redirect: 'error' });
      if (!response.ok) {
        throw new Error(`${url} responded with ${response.status}.`);
      }
      return response;
    } catch (error) {
      if (attempt === 60) {
        throw error;
      }
      await sleep(250);
    }
  }
}
