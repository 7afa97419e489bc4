'use client';

import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { type PersonalToken, useRevokeToken } from '../api/personal-tokens';
import { SettingsFailure } from './settings-failure';
import { LastCharacters, TokenDetails } from './token-row';

interface RevokeTokenDialogProps {
  token: PersonalToken;
  onRevoked: (id: string) => void;
  onClose: () => void;
  onFocusLost: () => void;
}

/** Asks before it revokes a token. */
export function RevokeTokenDialog({ token, onRevoked, onClose, onFocusLost }: RevokeTokenDialogProps) {
  const revoke = useRevokeToken(onRevoked);

  function confirm() {
    revoke.mutate(token, {
      onSuccess: () => {
        toast('Token revoked.');
        onClose();
      },
    });
  }

  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent className="max-w-md" onFocusLost={onFocusLost}>
        <DialogHeader>
          <DialogTitle className="wrap-anywhere">
            Revoke “{token.name}” <LastCharacters token={token} />?
          </DialogTitle>
        </DialogHeader>
        <DialogBody>
          <div className="mb-4 grid gap-0.5">
            <TokenDetails token={token} />
          </div>
          <DialogDescription>
            Scripts that use this token lose their access within 15 minutes. This can’t be undone.
          </DialogDescription>
          <div className="mt-4 empty:hidden">
            <SettingsFailure failure={revoke.error} />
          </div>
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="outline">Cancel</Button>
            </DialogClose>
            <Button variant="destructive" loading={revoke.isPending} onClick={confirm}>
              Revoke token
            </Button>
          </DialogFooter>
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
