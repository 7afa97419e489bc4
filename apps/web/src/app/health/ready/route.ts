import { environment } from '@/lib/environment';

export const dynamic = 'force-dynamic';

/** Readiness: the environment is valid. A server behind the app that is down does not count: the pages report it. */
export function GET() {
  environment();
  return Response.json({ status: 'ok' });
}
