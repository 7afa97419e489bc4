import type { Metadata } from 'next';
import { EditSampleItemScreen } from '@/features/sample-items/components/edit-sample-item-screen';

export const metadata: Metadata = { title: 'Edit sample item' };

export default async function EditSampleItemPage({ params }: { params: Promise<{ id: string }> }) {
  return <EditSampleItemScreen id={(await params).id} />;
}
