/** What the menu leads to, in its order. */
export const sections = [{ href: '/tasks', name: 'Tasks' }];
