import type { RegisterOptions } from 'react-hook-form';

const invalidEmail = 'Enter an email address, like ada@example.com.';
const shortPassword = 'Use at least 8 characters.';

// The rules of React Hook Form itself: these pages load no Zod. The auth server validates the same.

export const email = {
  required: invalidEmail,
  pattern: { value: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, message: invalidEmail },
};
export const name = {
  setValueAs: (value: string) => value.trim(),
  required: 'Enter your name.',
  maxLength: { value: 100, message: 'Use at most 100 characters.' },
} satisfies RegisterOptions;
export const givenPassword = { required: 'Enter your password.' };
export const newPassword = {
  required: shortPassword,
  minLength: { value: 8, message: shortPassword },
  maxLength: { value: 128, message: 'Use at most 128 characters.' },
};
