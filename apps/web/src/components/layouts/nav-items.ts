/** The sections of the app, in order. */
export const navItems = [{ href: '/tasks', label: 'Tasks' }];

/** The sections that only administrators see. */
export const adminNavItems = [{ href: '/admin/users', label: 'Users' }];

export type NavItem = (typeof navItems)[number];
