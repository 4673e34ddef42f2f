/**
 * Lua that turns any values into one text which tells them apart: types, all digits, the order of keys.
 */

/** Ends with a space and has no newline: a script behind it keeps its line numbers. */
const SHOW = `
local show
do
  local format, pairs, type, tostring, concat = string.format, pairs, type, tostring, table.concat
  local function one(v, depth)
    local t = type(v)
    if t == 'number' then return tostring(v) .. '/' .. format('%.17g', v) end
    if t == 'string' then return format('%q', v) end
    if t == 'nil' or t == 'boolean' then return tostring(v) end
    if t ~= 'table' then return t end
    if depth > 4 then return '...' end
    local parts = {}
    for k, w in pairs(v) do parts[#parts + 1] = '[' .. one(k, depth + 1) .. ']=' .. one(w, depth + 1) end
    return '{' .. concat(parts, ',') .. '}#' .. #v
  end
  show = function(...)
    local parts = {}
    for i = 1, select('#', ...) do parts[i] = one((select(i, ...)), 0) end
    return concat(parts, ' ')
  end
end
`.replace(/\s+/g, " ").trimStart();

/** A script that shows what the snippet returns, or the error it ends with. */
export function showing(snippet: string): string {
  return `${SHOW}return show(pcall(function(...) ${snippet}\nend, unpack(ARGV)))`;
}
