import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';

interface LoadFailureProps {
  message: string;
  isRetrying?: boolean;
  onRetry: () => void;
}

/** Says why something can't be loaded, and tries again. */
export function LoadFailure({ message, isRetrying, onRetry }: LoadFailureProps) {
  return (
    <Alert variant="destructive">
      <div className="flex flex-wrap items-center justify-between gap-3">
        {message}
        <Button variant="outline" size="sm" loading={isRetrying} onClick={() => onRetry()}>
          Try again
        </Button>
      </div>
    </Alert>
  );
}
