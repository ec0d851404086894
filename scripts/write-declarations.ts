import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** Folder of the private packages, seen from a package. */
const INTERNAL = '../../internal'

const { config } = ts.readConfigFile('../../tsconfig.json', ts.sys.readFile)
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '../..')

/**
 * Writes the types of the package in the current folder: a file for each module that its entries lead to, beside the JavaScript. Exports
 * state their types (`isolatedDeclarations`), so that each module is translated alone, without a check of the whole program. Private
 * packages, whose code is bundled, have their types in `dist/internal/`.
 *
 * @param entries sources that the package exports, such as `./src/index.ts`
 * @throws Error an export does not state its type
 */
export function writeDeclarations(entries: readonly string[]): void {
  const sources = new Set(entries.map((entry) => posix.normalize(entry)))
  for (const source of sources) {
    const types = getTypesPath(source)
    const text = replaceSpecifiers(translate(source), (specifier) => {
      const target = findSource(specifier, source)
      if (target === undefined) return specifier
      sources.add(target)
      return relativeSpecifier(types, getTypesPath(target))
    })
    mkdirSync(posix.dirname(types), { recursive: true })
    writeFileSync(types, text)
  }
}

function translate(source: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(source, 'utf8'), {
    fileName: source,
    compilerOptions: options,
    reportDiagnostics: true,
  })
  const [problem] = diagnostics
  if (problem) throw new Error(`${source}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`)
  return outputText
}

/** Finds the module of this package or of a private one that an import names; none for packages that stay imports. */
function findSource(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(importer), specifier)
  const entry = `${INTERNAL}/${specifier.replace('@facekp/', '')}/src/index.ts`
  return specifier.startsWith('@facekp/') && existsSync(entry) ? entry : undefined
}

/** Returns the path in `dist/` of the types of a module. */
function getTypesPath(source: string): string {
  return source
    .replace(/^\.\.\/\.\.\/internal\/([\w-]+)\/src\//, 'dist/internal/$1/')
    .replace(/^src\//, 'dist/')
    .replace(/\.ts$/, '.d.ts')
}

function relativeSpecifier(importer: string, types: string): string {
  const path = posix.relative(posix.dirname(importer), types).replace(/\.d\.ts$/, '.js')
  return path.startsWith('.') ? path : `./${path}`
}

function replaceSpecifiers(text: string, replace: (specifier: string) => string): string {
  // Positions are those of the quotes before and after a specifier.
  const imports = ts.preProcessFile(text, true, true).importedFiles.sort((a, b) => b.pos - a.pos)
  let replaced = text
  for (const { fileName, pos, end } of imports) {
    replaced = `${replaced.slice(0, pos + 1)}${replace(fileName)}${replaced.slice(end + 1)}`
  }
  return replaced
}
