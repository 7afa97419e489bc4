/** The scopes in apps/api/openapi.json. Written by `npm run openapi`. */
export const apiScopes: readonly string[] = [
  'tasks:read',
  'tasks:write',
];
