import type { ActionName } from './api/admin';

interface ActionTexts {
  /** On buttons. */
  label: string;
  /** Says what the action does, before it is done. */
  effect: string;
  /** After the name or the address of the user. */
  done: string;
  /** In the audit log, before the address of the user. */
  past: string;
  isDestructive?: boolean;
}

const tokenNote = 'Access that is already in use ends within 15 minutes.';

/** The texts of each action, in the order of their buttons. */
export const actions: Record<ActionName, ActionTexts> = {
  grant: {
    label: 'Make administrator',
    effect:
      'Administrators see all users and can change, ban and delete them, and make others administrators.',
    done: 'is an administrator.',
    past: 'made an administrator of',
  },
  ungrant: {
    label: 'Remove administrator role',
    effect: `The user no longer sees this page. ${tokenNote}`,
    done: 'is no longer an administrator.',
    past: 'removed the administrator role of',
  },
  verify: {
    label: 'Verify email address',
    effect:
      'Do this only if you know that the address belongs to the user. Users with a verified address can become administrators.',
    done: 'has a verified email address.',
    past: 'verified the email address of',
  },
  'sign-out': {
    label: 'Sign out everywhere',
    effect: `All sessions of the user end, and their personal access tokens are revoked. ${tokenNote}`,
    done: 'is signed out everywhere.',
    past: 'signed out',
  },
  ban: {
    label: 'Ban user',
    effect: `All sessions of the user end, and the user can’t sign in. ${tokenNote} Only administrators see the reason.`,
    done: 'is banned.',
    past: 'banned',
    isDestructive: true,
  },
  unban: {
    label: 'End ban',
    effect: 'The user can sign in again.',
    done: 'is no longer banned.',
    past: 'ended the ban of',
  },
  delete: {
    label: 'Delete user',
    effect: 'The account and all data of the user will be permanently deleted. This can’t be undone.',
    done: 'is deleted.',
    past: 'deleted',
    isDestructive: true,
  },
};
