import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

/** The ports of the processes behind nginx. */
export interface Upstreams {
  api: number[];
  auth: number[];
}

export interface Nginx {
  url: string;
  /** Sends new requests only to these processes. Requests in flight are not affected. */
  balanceOver(upstreams: Upstreams): Promise<void>;
  stop(): Promise<void>;
}

/** Starts nginx in front of several api and auth processes. */
export async function startNginx(upstreams: Upstreams): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'nginx-'));
  chmodSync(directory, 0o755);
  const port = await getPort();
  const file = join(directory, 'nginx.conf');
  const write = (current: Upstreams) => writeFileSync(file, configuration(directory, port, current));
  write(upstreams);
  const nginx = spawn('nginx', ['-p', directory, '-e', 'stderr', '-c', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(nginx, 'exit');
  await once(nginx, 'spawn');
  const url = `http://localhost:${port}`;
  while (!(await fetch(`${url}/nginx`).catch(() => undefined))) {
    if (nginx.exitCode !== null) {
      throw new Error('nginx failed to start.');
    }
    await sleep(20);
  }
  return {
    url,
    async balanceOver(current) {
      write(current);
      nginx.kill('SIGHUP');
      const version = versionOf(current);
      while ((await (await fetch(`${url}/nginx`)).text()) !== version) {
        await sleep(20);
      }
      // The old worker processes finish their requests.
      await sleep(200);
    },
    async stop() {
      nginx.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const versionOf = (upstreams: Upstreams) => JSON.stringify(upstreams).replace(/[^\w,]/g, '');

function configuration(directory: string, port: number, upstreams: Upstreams): string {
  // Without max_fails=0, nginx sends no requests for 10 s after every process has refused a connection once.
  const servers = (ports: number[]) =>
    ports.map((upstreamPort) => `server 127.0.0.1:${upstreamPort} max_fails=0;`).join(' ');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(directory, kind)};`,
  );
  return `
daemon off;
error_log stderr crit;
pid ${join(directory, 'nginx.pid')};
worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off;
  gzip on;
  gzip_types application/json;
  gzip_min_length 0;
  ${temporary.join('\n  ')}
  upstream api { ${servers(upstreams.api)} }
  upstream auth { ${servers(upstreams.auth)} }
  server {
    listen 127.0.0.1:${port};
    keepalive_timeout 0;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    location = /nginx { return 200 '${versionOf(upstreams)}'; }
    location /api/auth/ { proxy_pass http://auth; }
    location /.well-known/ { proxy_pass http://auth; }
    location / { proxy_pass http://api; }
  }
}
`;
}
