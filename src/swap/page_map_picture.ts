/** The occupancy of the swap file, drawn with blocks of eight heights, for people who look at a terminal. */
import type { PageMap } from "./page_map.ts";

const COLUMNS = 64;
const ROWS_MAX = 16;
/** From empty to full. */
const BLOCKS = [..." ▁▂▃▄▅▆▇█"];

/** @param values how many values are in the file */
export function drawPageMap(map: PageMap, pageSize: number, values: number): string {
  const { used, extent } = map;
  const holes = map.holes();
  const share = extent === 0 ? 0 : Math.round(used * 100 / extent);
  const lines = [
    `${values} values in ${used} pages of ${pageSize} bytes; the file ends at page ${extent} and is ${share}% full`,
    `${holes.count} holes, the longest of ${holes.longest} pages`,
  ];
  const cells = Math.min(COLUMNS * ROWS_MAX, extent);
  if (cells === 0) return lines.join("\n") + "\n";
  lines.push(`each block stands for ${Math.ceil(extent / cells)} pages`);
  const blocks = map.occupancy(cells).map(blockOf);
  for (let from = 0; from < cells; from += COLUMNS) {
    lines.push(`|${blocks.slice(from, from + COLUMNS).join("").padEnd(Math.min(COLUMNS, cells))}|`);
  }
  return lines.join("\n") + "\n";
}

/** Only what is quite empty looks empty, and only what is quite full looks full. */
function blockOf(share: number): string {
  if (share <= 0) return BLOCKS[0]!;
  return BLOCKS[share >= 1 ? 8 : Math.max(1, Math.min(7, Math.round(share * 8)))]!;
}
