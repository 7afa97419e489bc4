import { Subject } from 'rxjs';

/** Better Auth, as `createAuth` makes it. */
export const AUTH = Symbol('Auth');

/** Says that accounts were deleted by this process. */
export class AccountDeletedEvents extends Subject<void> {}
