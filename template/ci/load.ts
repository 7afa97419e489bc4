import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadResponse {
  /** 0 if the request failed. */
  status: number;
  body: string;
  durationMs: number;
}

/** Between two requests of a user, which limits a user to 2,400 requests per minute. */
const PAUSE_MS = 25;

// A new connection for each request: the server may close a kept-open one while it is used.
const agent = new Agent({ keepAlive: false });

export function send(method: string, url: string, token: string, body?: object): Promise<LoadResponse> {
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  return new Promise((resolve) => {
    const finish = (status: number, content: string) =>
      resolve({ status, body: content, durationMs: performance.now() - startedAt });
    request(url, { agent, method, headers }, (response) => {
      text(response).then(
        (content) => finish(response.statusCode!, content),
        (error: Error) => finish(0, error.message),
      );
    })
      .on('error', (error) => finish(0, error.message))
      .end(body && JSON.stringify(body));
  });
}

/** Lets each user create, read, update, list and delete tasks in a loop until `stop`. */
export function putUnderLoad(url: string, tokens: string[]) {
  const responses: LoadResponse[] = [];
  const signal = { stopped: false };
  const users = tokens.map(async (token) => {
    const use = async (method: string, path: string, body?: object) => {
      const response = await send(method, url + path, token, body);
      responses.push(response);
      await sleep(PAUSE_MS);
      return response;
    };
    while (!signal.stopped) {
      const created = await use('POST', '/api/tasks', { title: 'Write' });
      if (created.status !== 201) {
        continue;
      }
      const { id } = JSON.parse(created.body) as { id: string };
      await use('GET', `/api/tasks/${id}`);
      await use('PATCH', `/api/tasks/${id}`, { completed: true });
      await use('GET', '/api/tasks');
      await use('DELETE', `/api/tasks/${id}`);
    }
  });
  return {
    async stop(): Promise<LoadResponse[]> {
      signal.stopped = true;
      await Promise.all(users);
      return responses;
    },
  };
}
