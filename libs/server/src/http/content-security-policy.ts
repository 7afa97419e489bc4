import type { FastifyInstance, onRequestHookHandler } from 'fastify';

/** Gives the routes below a path a Content-Security-Policy of their own, by that path. */
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
