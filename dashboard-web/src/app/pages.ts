import {
  ActivityIcon,
  BoxesIcon,
  ChartLineIcon,
  KeyRoundIcon,
  LayoutDashboardIcon,
  ListTreeIcon,
  type LucideIcon,
  MessagesSquareIcon,
  NetworkIcon,
  SettingsIcon,
} from "lucide-react";

/** The pages in the order of the navigation; the names are fixed words. */
export const pages = [
  { name: "Overview", to: "/", icon: LayoutDashboardIcon },
  { name: "Models", to: "/models", icon: BoxesIcon },
  { name: "Sessions", to: "/sessions", icon: ListTreeIcon },
  { name: "Providers", to: "/providers", icon: KeyRoundIcon },
  { name: "Cluster", to: "/cluster", icon: NetworkIcon },
  { name: "Analytics", to: "/analytics", icon: ChartLineIcon },
  { name: "Playground", to: "/playground", icon: MessagesSquareIcon },
  { name: "Requests", to: "/requests", icon: ActivityIcon },
  { name: "Settings", to: "/settings", icon: SettingsIcon },
] as const satisfies readonly { name: string; to: string; icon: LucideIcon }[];
