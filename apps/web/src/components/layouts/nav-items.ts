/** The sections of the app, in order. */
export const navItems = [{ href: '/tasks', label: 'Tasks' }];

export type NavItem = (typeof navItems)[number];
