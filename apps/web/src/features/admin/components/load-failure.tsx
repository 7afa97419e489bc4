import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { getAdminErrorMessage } from '../api/admin-error';

interface LoadFailureProps {
  error: Error;
  isRetrying: boolean;
  onRetry: () => void;
}

/** Says why a list can't be loaded, and tries again. */
export function LoadFailure({ error, isRetrying, onRetry }: LoadFailureProps) {
  return (
    <Alert variant="destructive">
      <div className="flex flex-wrap items-center justify-between gap-3">
        {getAdminErrorMessage(error) ?? error.message}
        <Button variant="outline" size="sm" loading={isRetrying} onClick={onRetry}>
          Try again
        </Button>
      </div>
    </Alert>
  );
}
