import { BASE_ERROR_CODES, type GenericEndpointContext } from 'better-auth';
import { APIError } from 'better-auth/api';

/** @throws APIError 400 if a new password is too short or too long */
export function assertPasswordLength({ context }: GenericEndpointContext, newPassword: string): void {
  const { minPasswordLength, maxPasswordLength } = context.password.config;
  if (newPassword.length < minPasswordLength) {
    throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.PASSWORD_TOO_SHORT);
  }
  if (newPassword.length > maxPasswordLength) {
    throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.PASSWORD_TOO_LONG);
  }
}
