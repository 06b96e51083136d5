import { useNavigate } from "@tanstack/react-router";
import {
  ArrowDownWideNarrowIcon,
  DownloadIcon,
  KeyRoundIcon,
  LogOutIcon,
  type LucideIcon,
  MonitorIcon,
  MoonIcon,
  RefreshCwIcon,
  ServerIcon,
  SquarePenIcon,
  SunIcon,
  UploadIcon,
} from "lucide-react";
import { command, path } from "@/api/client";
import { useSignOut } from "@/auth/use-sign-out";
import { useChain } from "@/features/models/use-chain";
import { restart } from "@/features/playground/conversation";
import { setTheme } from "@/lib/theme";
import { useAction } from "@/lib/use-action";

export type PaletteAction = { name: string; icon: LucideIcon; run: () => void };

/** What the palette can do besides going somewhere. */
export function usePaletteActions(): PaletteAction[] {
  const navigate = useNavigate();
  const chain = useChain();
  const signOut = useSignOut();
  const checkAll = useAction({
    run: () => command(path(["keys", "check"]), { method: "POST" }),
    stale: ["keys"],
    done: "All keys checked",
    failed: "Not checked",
  });
  const providers = (open: "key" | "platform" | "import" | "export") => () =>
    void navigate({ to: "/providers", search: { open } });
  const converse = () => {
    restart();
    void navigate({ to: "/playground" });
  };
  return [
    { name: "New conversation", icon: SquarePenIcon, run: converse },
    { name: "Add key", icon: KeyRoundIcon, run: providers("key") },
    { name: "Check all keys", icon: RefreshCwIcon, run: () => checkAll.mutate() },
    { name: "Add platform", icon: ServerIcon, run: providers("platform") },
    { name: "Import providers and keys", icon: UploadIcon, run: providers("import") },
    { name: "Export providers and keys", icon: DownloadIcon, run: providers("export") },
    {
      name: "Add API key",
      icon: KeyRoundIcon,
      run: () => void navigate({ to: "/settings", search: { open: "api-key" } }),
    },
    { name: "Sort the chain by intelligence", icon: ArrowDownWideNarrowIcon, run: () => chain.sort("intelligence") },
    { name: "Sort the chain by speed", icon: ArrowDownWideNarrowIcon, run: () => chain.sort("speed") },
    { name: "Sort the chain by monthly budget", icon: ArrowDownWideNarrowIcon, run: () => chain.sort("budget") },
    { name: "Theme: system", icon: MonitorIcon, run: () => setTheme("system") },
    { name: "Theme: light", icon: SunIcon, run: () => setTheme("light") },
    { name: "Theme: dark", icon: MoonIcon, run: () => setTheme("dark") },
    { name: "Sign out", icon: LogOutIcon, run: () => signOut.mutate() },
  ];
}
