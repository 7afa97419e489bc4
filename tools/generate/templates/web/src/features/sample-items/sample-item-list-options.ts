import type { ListOptions } from '@/lib/lists/use-list-view';

const sorts: ListOptions['sorts'] = {
  '-createdAt': 'Newest first',
  createdAt: 'Oldest first',
};

const filters: ListOptions['filters'] = {};

const searched: ListOptions['searched'] = [];

/** The orders, filters and search that the API offers. */
export const sampleItemListOptions: ListOptions = { sorts, filters, searched };
