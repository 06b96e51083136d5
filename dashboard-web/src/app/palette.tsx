import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { BoxesIcon, ListTreeIcon, type LucideIcon, SettingsIcon } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { fallbackQuery, rowId } from "@/api/models";
import { sessionsQuery } from "@/api/queries";
import { modelName } from "@/api/sessions";
import { settingsQuery } from "@/api/settings";
import { pages } from "@/app/pages";
import { usePaletteActions } from "@/app/palette-actions";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { shortKey } from "@/lib/format";

export type PaletteProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Sessions are looked up from this many letters on. */
const ENOUGH = 3;
const MOST_SESSIONS = 6;

type ItemProps = { value: string; name?: string; hint?: string | null; icon: LucideIcon; also?: string[] };

function Item({ value, name = value, hint, icon: Icon, also, onSelect }: ItemProps & { onSelect: () => void }) {
  return (
    <CommandItem value={value} keywords={also} onSelect={onSelect}>
      <Icon aria-hidden />
      <span dir="auto" className="truncate">
        {name}
      </span>
      {hint && (
        <span dir="auto" className="ms-auto max-w-48 truncate text-xs text-muted-foreground">
          {hint}
        </span>
      )}
    </CommandItem>
  );
}

/** Sessions that the node finds for a text, whichever of their parts holds it. */
function useSessions(text: string, open: boolean) {
  const wanted = useDeferredValue(text.trim());
  const enabled = open && wanted.length >= ENOUGH;
  const { data } = useQuery({
    ...sessionsQuery(wanted, MOST_SESSIONS),
    enabled,
    refetchInterval: false,
    placeholderData: keepPreviousData,
  });
  return enabled ? (data ?? []).slice(0, MOST_SESSIONS) : [];
}

/** Goes anywhere and does anything by typing. */
export default function Palette({ open, onOpenChange }: PaletteProps) {
  const navigate = useNavigate();
  const actions = usePaletteActions();
  const [text, setText] = useState("");
  const once = { enabled: open, refetchInterval: false } as const;
  const { data: models = [] } = useQuery({ ...fallbackQuery, ...once });
  const { data: settings = [] } = useQuery({ ...settingsQuery, ...once });
  const sessions = useSessions(text, open);
  const change = (next: boolean) => {
    if (!next) setText("");
    onOpenChange(next);
  };
  const run = (action: () => void) => () => {
    change(false);
    action();
  };
  const typed = text.trim() !== "";
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogContent title="Go to" className="top-[12vh] max-w-lg translate-y-0 p-0 [&>div]:mt-0 [&>h2]:sr-only">
        <Command label="Go to" loop>
          <CommandInput
            placeholder="Page, action, model, session or setting"
            className="h-12 pr-8"
            value={text}
            onValueChange={setText}
          />
          <CommandList className="max-h-[50vh]">
            <CommandEmpty>Nothing matches.</CommandEmpty>
            <CommandGroup heading="Pages">
              {pages.map(({ name, to, icon }) => (
                <Item key={to} value={name} icon={icon} onSelect={run(() => void navigate({ to }))} />
              ))}
            </CommandGroup>
            <CommandGroup heading="Actions">
              {actions.map((action) => (
                <Item key={action.name} value={action.name} icon={action.icon} onSelect={run(action.run)} />
              ))}
            </CommandGroup>
            {typed && models.length > 0 && (
              <CommandGroup heading="Models">
                {models.map((row) => (
                  <Item
                    key={rowId(row)}
                    value={rowId(row)}
                    also={row.name ? [row.name] : []}
                    hint={row.name}
                    icon={BoxesIcon}
                    onSelect={run(() => void navigate({ to: "/models", search: { q: rowId(row) } }))}
                  />
                ))}
              </CommandGroup>
            )}
            {sessions.length > 0 && (
              <CommandGroup heading="Sessions">
                {sessions.map((session) => (
                  <Item
                    key={session.key}
                    value={session.key}
                    name={shortKey(session.key, 28)}
                    also={[text]}
                    hint={modelName(session)}
                    icon={ListTreeIcon}
                    onSelect={run(() => void navigate({ to: "/sessions/$key", params: { key: session.key } }))}
                  />
                ))}
              </CommandGroup>
            )}
            {typed && settings.length > 0 && (
              <CommandGroup heading="Settings">
                {settings.map(({ key, editable }) => (
                  <Item
                    key={key}
                    value={key}
                    icon={SettingsIcon}
                    onSelect={run(
                      () => void navigate({ to: "/settings", search: editable ? { edit: key } : { q: key } }),
                    )}
                  />
                ))}
              </CommandGroup>
            )}
          </CommandList>
        </Command>
      </DialogContent>
    </Dialog>
  );
}
