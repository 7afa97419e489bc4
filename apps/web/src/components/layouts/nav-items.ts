/** The links of the main navigation, in order. */
export const navItems = [{ href: '/tasks', label: 'Tasks' }];
