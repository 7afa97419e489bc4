import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type ApiClient = Client<paths>;

export type Schemas = components['schemas'];
export type Task = Schemas['Task'];
export type TaskPage = Schemas['TaskPage'];
export type CreateTask = Schemas['CreateTask'];
export type UpdateTask = Schemas['UpdateTask'];
export type Me = Schemas['Me'];
export type Problem = Schemas['Problem'];

export interface ApiClientOptions {
  /** The origin of the api. */
  baseUrl: string;
  /** Sends each request: the place to add a token, and to try once more with a new one. */
  fetch?: (request: Request) => Promise<Response>;
}

/** A client of the api whose paths, parameters and answers are those of its OpenAPI document. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  return createClient<paths>(options);
}
