import type { Metadata } from 'next';
import { NewSampleItemScreen } from '@/features/sample-items/components/new-sample-item-screen';

export const metadata: Metadata = { title: 'New sample item' };

export default function NewSampleItemPage() {
  return <NewSampleItemScreen />;
}
