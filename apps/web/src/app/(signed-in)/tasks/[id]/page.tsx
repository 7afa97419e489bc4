import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Edit task' };

export default function TaskPage() {
  return null;
}
