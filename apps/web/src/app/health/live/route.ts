export const dynamic = 'force-dynamic';

/** Says that the process runs. */
export function GET() {
  return Response.json({ status: 'ok' });
}
