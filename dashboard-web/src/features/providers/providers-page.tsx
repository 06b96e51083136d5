import { getRouteApi } from "@tanstack/react-router";
import { Page } from "@/components/page";
import { SearchInput } from "@/components/search-input";
import { Export } from "@/features/providers/export";
import { Import } from "@/features/providers/import";
import { KeysPanel } from "@/features/providers/keys-panel";
import { PlatformsPanel } from "@/features/providers/platforms-panel";

const route = getRouteApi("/providers");
type Opened = NonNullable<ReturnType<typeof route.useSearch>["open"]>;

/** Who answers for us, and with which keys; what is open or searched for is part of the address. */
export function ProvidersPage() {
  const { q = "", open, discover } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  const opened = (what: Opened) => ({
    open: open === what,
    onOpenChange: (next: boolean) => change({ open: next ? what : undefined }),
  });
  return (
    <Page
      title="Providers"
      about="Platforms and the keys that open them."
      actions={
        <>
          <SearchInput
            label="Search providers"
            placeholder="Platform or key label"
            value={q}
            onChange={(text) => change({ q: text || undefined })}
          />
          <Import {...opened("import")} />
          <Export {...opened("export")} />
        </>
      }
    >
      <KeysPanel search={q} adding={opened("key")} />
      <PlatformsPanel
        search={q}
        adding={opened("platform")}
        discovering={discover}
        onDiscover={(platform) => change({ discover: platform })}
      />
    </Page>
  );
}
