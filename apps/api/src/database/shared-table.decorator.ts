export const SHARED_TABLE = 'database:sharedTable';

/**
 * Declares that the rows of an entity belong to no user, such as a list of countries. Every user may see them, and an
 * account deletion keeps them.
 */
export const SharedTable = () => Reflect.metadata(SHARED_TABLE, true);
