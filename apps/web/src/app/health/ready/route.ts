import { environment } from '@/lib/environment';

export const dynamic = 'force-dynamic';

/** Says that the app can serve: it holds nothing, and pages say themselves when a server behind them is away. */
export function GET() {
  environment();
  return Response.json({ status: 'ok' });
}
