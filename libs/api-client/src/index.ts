import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type { paths } from './schema.js';

export type ApiClient = Client<paths>;

export type Schemas = components['schemas'];
export type Task = Schemas['Task'];
export type TaskPage = Schemas['TaskPage'];
export type CreateTask = Schemas['CreateTask'];
export type UpdateTask = Schemas['UpdateTask'];
/** The query parameters of a list of tasks. */
export type FindTasks = NonNullable<paths['/api/tasks']['get']['parameters']['query']>;
export type Me = Schemas['Me'];
export type Problem = Schemas['Problem'];

export interface ApiClientOptions {
  /** Origin of the api. */
  baseUrl: string;
  /** Sends each request. Add the access token here, and retry with a new one after a 401. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Creates a client whose paths, parameters and responses are typed by the OpenAPI document of the api. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  return createClient<paths>(options);
}
