import { Page } from "@/components/page";
import { KeysPanel } from "@/features/providers/keys-panel";
import { PlatformsPanel } from "@/features/providers/platforms-panel";

/** Who answers for us, and with which keys. */
export function ProvidersPage() {
  return (
    <Page title="Providers" about="Platforms and the keys that open them.">
      <KeysPanel />
      <PlatformsPanel />
    </Page>
  );
}
