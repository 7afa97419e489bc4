import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

/** Ports of the processes that requests are spread over. */
export interface Upstreams {
  api: number[];
  auth: number[];
}

export interface Nginx {
  url: string;
  /** Spreads requests over these from now on; those in flight are answered by whom they were sent to. */
  spreadOver(upstreams: Upstreams): Promise<void>;
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
    if (nginx.exitCode !== null) throw new Error('nginx did not start.');
    await sleep(20);
  }
  return {
    url,
    async spreadOver(current) {
      write(current);
      nginx.kill('SIGHUP');
      const version = versionOf(current);
      while ((await (await fetch(`${url}/nginx`)).text()) !== version) await sleep(20);
      // The worker processes of before still answer what they have taken.
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
  // Without max_fails=0, nginx asks nobody for 10 s after each has once refused a connection, as they do at the start.
  const servers = (ports: number[]) => ports.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join(' ');
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
