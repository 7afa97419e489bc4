import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  /** 0 where there was none. */
  status: number;
  body: string;
  milliseconds: number;
}

/** Between two requests of a user, who so makes at most 2,400 a minute. */
const PAUSE_MS = 25;

// A connection of its own for each request: one that is kept open can be closed by the other side as it is used.
const agent = new Agent({ keepAlive: false });

export function send(method: string, url: string, token: string, body?: object): Promise<Answer> {
  const begun = performance.now();
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  return new Promise((resolve) => {
    const finish = (status: number, content: string) =>
      resolve({ status, body: content, milliseconds: performance.now() - begun });
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

/** Has each of these users create, read, list and change tasks, one after the other, until it is stopped. */
export function putUnderLoad(url: string, tokens: string[]) {
  const answers: Answer[] = [];
  const signal = { stopped: false };
  const users = tokens.map(async (token) => {
    const use = async (method: string, path: string, body?: object) => {
      const answer = await send(method, url + path, token, body);
      answers.push(answer);
      await sleep(PAUSE_MS);
      return answer;
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
    async stop(): Promise<Answer[]> {
      signal.stopped = true;
      await Promise.all(users);
      return answers;
    },
  };
}
