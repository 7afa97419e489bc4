import Link from 'next/link';
import { Alert } from '@/components/ui/alert';
import { getSignInError } from '../provider-errors';

interface SignInErrorProps {
  code: string | undefined;
  description: string | undefined;
  signUpHref: string;
}

/** Explains why a sign-in with a provider has failed, and what the user can do. */
export function SignInError({ code, description, signUpHref }: SignInErrorProps) {
  if (!code) {
    return null;
  }
  const link = 'font-medium underline underline-offset-4';
  return (
    <Alert variant={code === 'email_not_verified' ? 'success' : 'destructive'}>
      {getSignInError(code, description)}
      {code === 'account_not_linked' && (
        <>
          {' '}
          Can’t sign in?{' '}
          <Link href="/forgot-password" className={link}>
            Reset your password
          </Link>
        </>
      )}
      {code === 'email_not_found' && (
        <>
          {' '}
          <Link href={signUpHref} className={link}>
            Sign up with email
          </Link>
        </>
      )}
    </Alert>
  );
}
