/** What the app calls itself: in page titles, and as the first part of its cookies' and stored drafts' names. */
export const appName = 'Tasks';
export const appId = 'task-template';
