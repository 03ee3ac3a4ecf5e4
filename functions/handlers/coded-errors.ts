import { isHealerError } from '../core/errors.ts';

/**
 * Lambda tells whoever invoked a function an error's name and message, and nothing else: so the code becomes the name.
 * Used first, it runs after all others.
 */
export const codedErrors = {
  onError({ error }: { readonly error: Error | null }): void {
    if (isHealerError(error)) Object.assign(error, { name: error.code });
  },
};
