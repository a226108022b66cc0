/** Small plots of how a cost grows: one dimension along, one figure up, Toolyard and what stands beside it. */

import type { Row } from "./row.ts";
import { median } from "./stats.ts";

export interface Plot {
  /** For a file name. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const width = 420;
const height = 240;
const margin = { left: 58, right: 16, top: 30, bottom: 40 };

/** Plots of all rows of one scenario that have a place, one for each figure. */
export function plotsOf(scenario: string, rows: readonly Row[]): Plot[] {
  const placed = rows.filter((row) => row.at !== undefined);
  const kinds = new Set(placed.map(({ at }) => `${at?.plot}\n${at?.dimension}`));
  return [...kinds].flatMap((kind) => {
    const [plot = "", dimension = ""] = kind.split("\n");
    const own = placed.filter(({ at }) => at?.plot === plot && at.dimension === dimension);
    if (own.length < 2) return [];
    const points = (of: (row: Row) => readonly number[] | undefined): Point[] =>
      own.flatMap((row) => {
        const values = of(row);
        return values === undefined || values.length === 0 ? [] : { x: row.at?.value ?? 0, y: median(values) };
      });
    const title = `${plot} by ${dimension}`;
    const svg = draw(title, dimension, { toolyard: points((row) => row.toolyard), reference: points((row) => row.reference) });
    return { name: `${scenario}-${plot}-${dimension}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"), title, svg };
  });
}

function draw(
  title: string,
  dimension: string,
  lines: { readonly toolyard: readonly Point[]; readonly reference: readonly Point[] },
): string {
  const all = [...lines.toolyard, ...lines.reference];
  const xs = [...new Set(all.map(({ x }) => x))].toSorted((a, b) => a - b);
  const top = Math.max(...all.map(({ y }) => y)) * 1.15;
  const [low = 1, high = 1] = [xs[0], xs.at(-1)];
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const across = (x: number): number => margin.left + (Math.log(x / low) / Math.max(Math.log(high / low), 1e-9)) * (right - margin.left);
  const up = (y: number): number => bottom - (y / top) * (bottom - margin.top);
  const path = (points: readonly Point[]): string => points.map(({ x, y }) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`).join(" ");
  const marks = [0, top / 2, top];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #444 } .title { font-weight: 600; fill: #222 }
  .grid { stroke: #ddd } polyline { fill: none; stroke-width: 2.5 } .toolyard { stroke: #1a6fb5; fill: #1a6fb5 } .reference { stroke: #999; fill: #999; stroke-dasharray: 5 4 }
  polyline.toolyard, polyline.reference { fill: none }
  @media (prefers-color-scheme: dark) { text { fill: #bbb } .title { fill: #eee } .grid { stroke: #444 } .toolyard { stroke: #6cb6ff; fill: #6cb6ff } polyline.toolyard { fill: none } }
</style>
<text class="title" x="${margin.left}" y="18">${title}</text>
${marks.map((y) => `<line class="grid" x1="${margin.left}" x2="${right}" y1="${up(y)}" y2="${up(y)}"/><text x="${margin.left - 6}" y="${up(y) + 4}" text-anchor="end">${short(y)}</text>`).join("\n")}
${xs.map((x) => `<text x="${across(x)}" y="${bottom + 16}" text-anchor="middle">${x}</text>`).join("\n")}
<text x="${(margin.left + right) / 2}" y="${height - 6}" text-anchor="middle">${dimension}</text>
<polyline class="reference" points="${path(lines.reference)}"/>
<polyline class="toolyard" points="${path(lines.toolyard)}"/>
${lines.toolyard.map(({ x, y }) => `<circle class="toolyard" cx="${across(x).toFixed(1)}" cy="${up(y).toFixed(1)}" r="3"/>`).join("")}
</svg>
`;
}

function short(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(1)}k`;
  return value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(2);
}
