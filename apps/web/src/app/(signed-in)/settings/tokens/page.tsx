import type { Metadata } from 'next';
import { TokenSettings } from '@/features/account/components/token-settings';

export const metadata: Metadata = { title: 'Tokens' };

export default function TokensPage() {
  return <TokenSettings />;
}
