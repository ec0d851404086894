// Loads bundled modules in place of their sources, in a program and its threads: node --import .../load-bundle.mjs?INDEX program.ts
import { readFileSync } from 'node:fs'
import { register, SourceMap } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const index = decodeURIComponent(new URL(import.meta.url).search.slice(1))
register('./bundle-hooks.mjs', import.meta.url, { data: index })

const bundle = pathToFileURL(index).href.replace(/\.json$/, '')
const maps = new Map()

// Stacks name the sources. By --enable-source-maps, Node would read the maps of all modules when it loads them.
Error.prepareStackTrace = (error, frames) =>
  [error, ...frames.map((frame) => locateFrame(String(frame)))].join('\n    at ')

/** Replaces a place in a bundled module by that in its source. */
function locateFrame(frame) {
  return frame.replace(/(file:[^:]+):(\d+):(\d+)/, (place, url, line, column) => {
    if (!url.startsWith(bundle)) return place
    const { fileName, lineNumber, columnNumber } = readMap(url).findOrigin(Number(line), Number(column))
    return fileName ? `${fileURLToPath(new URL(fileName, url))}:${lineNumber}:${columnNumber}` : place
  })
}

function readMap(url) {
  const map = maps.get(url) ?? new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')))
  maps.set(url, map)
  return map
}
