import type { Client } from 'openapi-fetch';
import type { ApiClientOptions } from '../../../../libs/api-client/src/index.js';
import type { components, paths as allPaths } from '../../../../libs/api-client/src/schema.js';

export * from '../../../../libs/api-client/src/index.js';

/** The types of `@app/api-client`, with the routes of the modules in the templates. */
export type ApiClient = Client<paths>;

export type paths = allPaths & SampleItemPaths & SampleParentPaths;

export declare function createApiClient(options: ApiClientOptions): ApiClient;

export type Schemas = components['schemas'] & {
  SampleItem: SampleItem;
  CreateSampleItem: Values;
  UpdateSampleItem: Values;
  SampleParent: SampleParent;
};

interface SampleItem {
  id: string;
  createdAt: string;
  updatedAt: string;
}

interface SampleParent {
  id: string;
  title: string;
}

type Values = Record<string, unknown>;

interface SampleItemPaths {
  '/api/sample-items': {
    get: {
      parameters: { query?: { limit?: number; cursor?: string; sort?: 'createdAt' | '-createdAt' } };
      responses: { 200: Json<{ items: SampleItem[]; nextCursor: string | null }> };
    };
    post: {
      parameters: { header?: { 'Idempotency-Key'?: string } };
      requestBody: Json<Values>;
      responses: { 201: Json<SampleItem> };
    };
  };
  '/api/sample-items/{id}': {
    get: { parameters: { path: { id: string } }; responses: { 200: Json<SampleItem> } };
    patch: {
      parameters: { path: { id: string }; header?: { 'If-Match'?: string } };
      requestBody: Json<Values>;
      responses: { 200: Json<SampleItem> };
    };
    delete: { parameters: { path: { id: string } }; responses: { 204: { content?: never } } };
  };
}

interface SampleParentPaths {
  '/api/sample-parents': {
    get: {
      parameters: { query?: { limit?: number; search?: string; sort?: 'title' } };
      responses: { 200: Json<{ items: SampleParent[] }> };
    };
  };
  '/api/sample-parents/{id}': {
    get: { parameters: { path: { id: string } }; responses: { 200: Json<SampleParent> } };
  };
}

interface Json<T> {
  content: { 'application/json': T };
}
