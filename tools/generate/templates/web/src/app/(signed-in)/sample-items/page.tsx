import type { Metadata } from 'next';
import { SampleItemsScreen } from '@/features/sample-items/components/sample-items-screen';

export const metadata: Metadata = { title: 'Sample items' };

export default function SampleItemsPage() {
  return <SampleItemsScreen />;
}
