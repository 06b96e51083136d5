import { ToggleGroup as Primitive } from "radix-ui";

type Props<T extends string> = {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; name: string }[];
};

/** A row of buttons of which exactly one is chosen. */
export function Segments<T extends string>({ label, value, onChange, options }: Props<T>) {
  return (
    <Primitive.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onChange(next as T)}
      className="inline-flex h-9 items-center rounded-md border border-input bg-surface p-0.5"
    >
      {options.map((option) => (
        <Primitive.Item
          key={option.value}
          value={option.value}
          className="h-full rounded px-2.5 text-[0.8125rem] font-medium text-muted-foreground hover:text-foreground data-[state=on]:bg-accent data-[state=on]:text-accent-foreground"
        >
          {option.name}
        </Primitive.Item>
      ))}
    </Primitive.Root>
  );
}
