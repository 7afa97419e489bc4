import { z } from 'zod';

export const email = z.email('Enter an email address, like ada@example.com.');
export const name = z.string().trim().min(1, 'Enter your name.').max(100, 'Use at most 100 characters.');
export const givenPassword = z.string().min(1, 'Enter your password.');
export const newPassword = z
  .string()
  .min(8, 'Use at least 8 characters.')
  .max(128, 'Use at most 128 characters.');
