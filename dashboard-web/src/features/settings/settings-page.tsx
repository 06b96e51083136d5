import { Page } from "@/components/page";
import { ApiKeyPanel } from "@/features/settings/api-key";
import { ApiKeysPanel } from "@/features/settings/api-keys";
import { AuditPanel } from "@/features/settings/audit";
import { SettingsPanel } from "@/features/settings/settings-panel";

/** API keys, the configuration in force, and its history. */
export function SettingsPage() {
  return (
    <Page title="Settings" about="The keys for programs, the configuration in force, and who changed it.">
      <ApiKeyPanel />
      <ApiKeysPanel />
      <SettingsPanel />
      <AuditPanel />
    </Page>
  );
}
