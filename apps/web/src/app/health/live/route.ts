export const dynamic = 'force-dynamic';

/** Liveness: the process runs. */
export function GET() {
  return Response.json({ status: 'ok' });
}
