import { useQuery } from "@tanstack/react-query";
import { PencilIcon, SettingsIcon } from "lucide-react";
import { type Setting, settingsQuery, valueText } from "@/api/settings";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { EditSetting } from "@/features/settings/edit-setting";

const sources: Record<string, string> = {
  default: "The built-in value",
  file: "Set in the configuration file",
  environment: "Set by the environment or the command line; it cannot be changed here",
  dashboard: "Set here",
};

/** What can be changed at once comes first. */
const groups = [
  { name: "In force within a second", restart: false },
  { name: "Read at start: change these in the file or the environment, and restart", restart: true },
];

function SettingRow({ setting, onEdit }: { setting: Setting; onEdit: () => void }) {
  const value = valueText(setting.value);
  return (
    <Row>
      <Cell className="min-w-56 py-2 whitespace-normal">
        <span className="font-mono text-xs break-all">{setting.key}</span>
        {setting.description && (
          <span dir="auto" className="block max-w-prose text-xs text-muted-foreground">
            {setting.description}
          </span>
        )}
      </Cell>
      <Cell>
        <Truncate text={value} mono className="max-w-64" />
        {value !== valueText(setting.default) && (
          <span className="block max-w-64 truncate text-xs text-muted-foreground" title={valueText(setting.default)}>
            default {valueText(setting.default) || "none"}
          </span>
        )}
      </Cell>
      <Cell>
        <Badge tone={setting.source === "dashboard" ? "accent" : "neutral"} title={sources[setting.source]}>
          {setting.setBy?.startsWith("--") ? "command line" : setting.source}
        </Badge>
        {setting.setBy && <span className="block font-mono text-xs text-muted-foreground">{setting.setBy}</span>}
      </Cell>
      <Actions>
        {setting.editable && (
          <Button variant="ghost" size="icon-sm" aria-label={`Edit ${setting.key}`} title="Edit" onClick={onEdit}>
            <PencilIcon aria-hidden />
          </Button>
        )}
      </Actions>
    </Row>
  );
}

/** Whether a setting's name or description holds the text that is looked for. */
function holds({ key, description }: Setting, text: string): boolean {
  return `${key} ${description ?? ""}`.toLowerCase().includes(text.trim().toLowerCase());
}

type Props = {
  search: string;
  /** The key of the setting that is being edited. */
  editing: string | undefined;
  onEdit: (key: string | undefined) => void;
};

export function SettingsPanel({ search, editing, onEdit }: Props) {
  const query = useQuery(settingsQuery);
  const edited = query.data?.find(({ key, editable }) => editable && key === editing) ?? null;
  return (
    <QueryPanel title="Configuration" query={query} rows={20} note={(settings) => settings.length}>
      {(settings) => {
        const found = settings.filter((setting) => holds(setting, search));
        return found.length === 0 ? (
          <Empty icon={SettingsIcon} title={settings.length === 0 ? "No settings" : "No setting matches"} />
        ) : (
          <>
            <Table label="Configuration">
              <TableHead>
                <tr>
                  <Head>Setting</Head>
                  <Head>Value</Head>
                  <Head>Source</Head>
                  <Head>
                    <span className="sr-only">Edit</span>
                  </Head>
                </tr>
              </TableHead>
              {groups
                .map(({ name, restart }) => ({
                  name,
                  rows: found.filter(({ needsRestart }) => needsRestart === restart),
                }))
                .filter(({ rows }) => rows.length > 0)
                .map(({ name, rows }) => (
                  <TableBody key={name} className="border-b last:border-0">
                    <tr>
                      <th scope="rowgroup" colSpan={4} className="h-8 bg-muted/60 px-4 text-left text-xs font-semibold">
                        {name}
                      </th>
                    </tr>
                    {rows.map((setting) => (
                      <SettingRow key={setting.key} setting={setting} onEdit={() => onEdit(setting.key)} />
                    ))}
                  </TableBody>
                ))}
            </Table>
            <EditSetting setting={edited} onClose={() => onEdit(undefined)} />
          </>
        );
      }}
    </QueryPanel>
  );
}
