import { Subject } from 'rxjs';

/** Emits when this process has deleted an account. */
export class AccountDeletedEvents extends Subject<void> {}
