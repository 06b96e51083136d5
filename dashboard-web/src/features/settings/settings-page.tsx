import { Page } from "@/components/page";
import { ApiKeyPanel } from "@/features/settings/api-key";
import { AuditPanel } from "@/features/settings/audit";
import { SettingsPanel } from "@/features/settings/settings-panel";

/** The API key, the configuration in force, and its history. */
export function SettingsPage() {
  return (
    <Page title="Settings" about="The key for programs, the configuration in force, and who changed it.">
      <ApiKeyPanel />
      <SettingsPanel />
      <AuditPanel />
    </Page>
  );
}
