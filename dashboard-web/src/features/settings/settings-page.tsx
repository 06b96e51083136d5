import { getRouteApi } from "@tanstack/react-router";
import { Page } from "@/components/page";
import { SearchInput } from "@/components/search-input";
import { ApiKeyPanel } from "@/features/settings/api-key";
import { ApiKeysPanel } from "@/features/settings/api-keys";
import { AuditPanel } from "@/features/settings/audit";
import { SettingsPanel } from "@/features/settings/settings-panel";

const route = getRouteApi("/settings");

/** API keys, the configuration in force, and its history; what is open or searched for is part of the address. */
export function SettingsPage() {
  const { q = "", edit, open } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  return (
    <Page
      title="Settings"
      about="The keys for programs, the configuration in force, and who changed it."
      actions={
        <SearchInput
          label="Search settings"
          placeholder="Setting or description"
          value={q}
          onChange={(text) => change({ q: text || undefined })}
        />
      }
    >
      <ApiKeyPanel />
      <ApiKeysPanel
        adding={{ open: open === "api-key", onOpenChange: (next) => change({ open: next ? "api-key" : undefined }) }}
      />
      <SettingsPanel search={q} editing={edit} onEdit={(key) => change({ edit: key })} />
      <AuditPanel />
    </Page>
  );
}
