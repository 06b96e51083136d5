import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { BoxesIcon, MonitorIcon, MoonIcon, SunIcon } from "lucide-react";
import { fallbackQuery, rowId } from "@/api/models";
import { pages } from "@/app/pages";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { setTheme } from "@/lib/theme";

export type PaletteProps = { open: boolean; onOpenChange: (open: boolean) => void };

const themes = [
  { value: "system", name: "Theme: system", icon: MonitorIcon },
  { value: "light", name: "Theme: light", icon: SunIcon },
  { value: "dark", name: "Theme: dark", icon: MoonIcon },
] as const;

/** Goes anywhere by typing. */
export default function Palette({ open, onOpenChange }: PaletteProps) {
  const navigate = useNavigate();
  const { data: models = [] } = useQuery({ ...fallbackQuery, enabled: open, refetchInterval: false });
  const run = (action: () => void) => () => {
    onOpenChange(false);
    action();
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Go to" className="top-[12vh] max-w-lg translate-y-0 p-0 [&>div]:mt-0 [&>h2]:sr-only">
        <Command label="Go to" loop>
          <CommandInput placeholder="Page, model, theme" className="h-12 pr-8" />
          <CommandList className="max-h-[50vh]">
            <CommandEmpty>Nothing matches.</CommandEmpty>
            <CommandGroup heading="Pages">
              {pages.map(({ name, to, icon: Icon }) => (
                <CommandItem key={to} value={name} onSelect={run(() => void navigate({ to }))}>
                  <Icon aria-hidden /> {name}
                </CommandItem>
              ))}
            </CommandGroup>
            <CommandGroup heading="Theme">
              {themes.map(({ value, name, icon: Icon }) => (
                <CommandItem key={value} value={name} onSelect={run(() => setTheme(value))}>
                  <Icon aria-hidden /> {name}
                </CommandItem>
              ))}
            </CommandGroup>
            {models.length > 0 && (
              <CommandGroup heading="Models">
                {models.map((row) => (
                  <CommandItem
                    key={rowId(row)}
                    value={rowId(row)}
                    keywords={row.name ? [row.name] : []}
                    onSelect={run(() => void navigate({ to: "/models", search: { q: rowId(row) } }))}
                  >
                    <BoxesIcon aria-hidden />
                    <span dir="auto" className="truncate">
                      {rowId(row)}
                    </span>
                  </CommandItem>
                ))}
              </CommandGroup>
            )}
          </CommandList>
        </Command>
      </DialogContent>
    </Dialog>
  );
}
