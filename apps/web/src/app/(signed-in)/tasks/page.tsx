import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'Your tasks' };

export default function TasksPage() {
  return null;
}
