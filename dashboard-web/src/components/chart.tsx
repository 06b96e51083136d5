import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axisTime } from "@/lib/format";
import { useTheme } from "@/lib/theme";

export type ChartSeries = {
  name: string;
  /** A colour variable of index.css, such as `--primary`. */
  color: string;
  kind: "line" | "bar";
  values: readonly (number | null)[];
  /** What the readout shows, where bars overlap and the drawn height is a sum. */
  shown?: readonly (number | null)[];
};

export type ChartProps = {
  label: string;
  at: readonly string[];
  series: readonly ChartSeries[];
  format: (value: number | null) => string;
  formatTime: (iso: string) => string;
  height?: number;
};

const color = (variable: string) => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

/** The time range, wide enough that the first and the last bar show whole. */
function widened(at: ArrayLike<number>, min: number, max: number, bars: boolean): [number, number] {
  const step = at.length > 1 ? ((at[at.length - 1] ?? 0) - (at[0] ?? 0)) / (at.length - 1) : 60;
  if (min === max) return [min - step, max + step];
  return bars ? [min - step / 2, max + step / 2] : [min, max];
}

/** Whether a series has a single value, of which no line can be drawn. */
function alone(plot: uPlot, index: number): boolean {
  const values = plot.data[index] ?? [];
  return Array.from(values).filter((value) => value !== null && value !== undefined).length === 1;
}

function options(
  width: number,
  height: number,
  series: readonly ChartSeries[],
  format: ChartProps["format"],
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const bars = series.some(({ kind }) => kind === "bar");
  const axis = {
    stroke: color("--muted-foreground"),
    font: "11px system-ui, sans-serif",
    ticks: { show: false },
    border: { show: false },
  };
  return {
    width,
    height,
    // On the right, half a label of the time axis.
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { setScale: false } },
    scales: {
      x: { time: true, range: (plot, min, max) => widened(plot.data[0], min, max, bars) },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        space: 70,
        values: (_, splits, __, ___, step) => splits.map((at) => axisTime(at * 1000, step * 1000)),
      },
      {
        ...axis,
        size: 56,
        grid: { stroke: color("--border"), width: 1 },
        values: (_, ticks) => ticks.map(format),
        space: 36,
      },
    ],
    series: [
      {},
      ...series.map(({ color: variable, kind }): uPlot.Series => {
        const stroke = color(variable);
        return kind === "bar"
          ? {
              fill: stroke,
              width: 0,
              points: { show: false },
              paths: uPlot.paths.bars?.({ size: [0.7, 36], radius: 0.15 }),
            }
          : { stroke, width: 1.75, points: { show: alone, size: 5, fill: stroke }, spanGaps: true };
      }),
    ],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

/** Values over time. Colours follow the theme; the readout above keeps its place, with room for a second line. */
export default function Chart({ label, at, series, format, formatTime, height = 220 }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const [scheme, setScheme] = useState(0);
  const [cursor, setCursor] = useState<number | null>(null);
  const data = useMemo(
    () => [at.map((iso) => Date.parse(iso) / 1000), ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
    [at, series],
  );
  const latest = useRef({ data, series, format });
  latest.current = { data, series, format };
  const shape = series.map(({ name, color: variable, kind }) => `${name}${variable}${kind}`).join();

  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => setScheme((count) => count + 1);
    system.addEventListener("change", repaint);
    return () => system.removeEventListener("change", repaint);
  }, []);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const now = latest.current;
    const made = new uPlot(
      options(element.clientWidth, height, now.series, (value) => latest.current.format(value), setCursor),
      now.data,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [height, shape, theme, scheme]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const index = cursor !== null && cursor < at.length ? cursor : at.length - 1;
  const time = at[index];
  return (
    <figure aria-label={label}>
      <figcaption className="num flex min-h-11 flex-wrap content-center items-center gap-x-3 gap-y-0.5 px-4 pt-2 text-xs text-muted-foreground">
        {series.map((each) => (
          <span key={each.name} className="flex items-center gap-1.5">
            <span aria-hidden className="size-2 rounded-xs" style={{ background: `var(${each.color})` }} />
            {each.name}{" "}
            <span className="font-medium text-foreground">{format((each.shown ?? each.values)[index] ?? null)}</span>
          </span>
        ))}
        {time && <span className="ml-auto">{formatTime(time)}</span>}
      </figcaption>
      <div ref={frame} aria-hidden className="px-2" style={{ height }} />
    </figure>
  );
}
