import { getProviders } from '../api/sign-in-methods';
import { ProviderButtons } from './provider-buttons';
import { ProviderIcon } from './provider-icon';

/** A button for each configured provider, above the form. */
export async function ProviderSignIn({ next }: { next: string }) {
  const providers = await getProviders();
  if (providers.length === 0) {
    return null;
  }
  return (
    <div className="grid gap-6">
      <ProviderButtons
        next={next}
        providers={providers.map((provider) => ({ ...provider, icon: <ProviderIcon id={provider.id} /> }))}
      />
      <p className="flex items-center gap-3 text-sm text-muted-foreground before:h-px before:grow before:bg-border after:h-px after:grow after:bg-border">
        or
      </p>
    </div>
  );
}
