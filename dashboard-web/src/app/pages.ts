import { ListTreeIcon, type LucideIcon, NetworkIcon } from "lucide-react";

/** The pages in the order of the navigation; the names are fixed words. */
export const pages = [
  { name: "Sessions", to: "/sessions", icon: ListTreeIcon },
  { name: "Cluster", to: "/cluster", icon: NetworkIcon },
] as const satisfies readonly { name: string; to: string; icon: LucideIcon }[];
