import type { FastifyInstance, onRequestHookHandler } from 'fastify';

/**
 * Sets a Content-Security-Policy on the routes below some paths.
 *
 * @param policies The policies by path. A policy applies to its path and every route below it.
 */
export function registerContentSecurityPolicy(
  fastify: FastifyInstance,
  policies: Record<string, string>,
): void {
  fastify.addHook('onRoute', (route) => {
    const [, policy] =
      Object.entries(policies).find(([path]) => route.url === path || route.url.startsWith(`${path}/`)) ?? [];
    if (policy) {
      const setPolicy: onRequestHookHandler = (_, reply, done) => {
        reply.header('content-security-policy', policy);
        done();
      };
      route.onRequest = [route.onRequest ?? [], setPolicy].flat();
    }
  });
}
