import { Application, Converter } from 'typedoc'
import { MarkdownPageEvent } from 'typedoc-plugin-markdown'
import { listPackages, ROOT } from './packages.ts'

// Writes the API reference: a page for each entry of a package, from the docstrings of its sources.

const entries = listPackages()
  // Entries of `facekp` only export others again.
  .filter(({ folder }) => folder !== 'facekp')
  .flatMap((item) => item.entries)

const app = await Application.bootstrapWithPlugins({
  name: 'API reference',
  plugin: ['typedoc-plugin-markdown'],
  tsconfig: `${ROOT}tsconfig.json`,
  basePath: `${ROOT}packages`,
  out: `${ROOT}docs/api`,
  entryPoints: entries.map(({ source }) => `${ROOT}${source}`),
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  readme: 'none',
  githubPages: false,
  disableSources: true,
  groupOrder: ['Functions', 'Classes', 'Variables', '*'],
  logLevel: 'Warn',
  validation: false,
})
const markdown = {
  router: 'module',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandObjects: false,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideSources: true, hideInherited: true, hideModifiers: true },
  pageTitleTemplates: { module: ({ name }: { readonly name: string }) => `@facekp/${name}` },
}
for (const [key, value] of Object.entries(markdown)) app.options.setValue(key, value)

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.children ?? []) module.name = findEntryName(module.name)
})

// VitePress writes the anchor of `NOT_LABELED` with a hyphen.
app.renderer.on(MarkdownPageEvent.END, (page: { contents?: string }) => {
  page.contents = page.contents?.replaceAll(/(?<=\]\([^)]*#)[^)]*/g, (anchor) => anchor.replaceAll('_', '-'))
})

const project = await app.convert()
if (project === undefined || app.logger.hasErrors()) throw new Error('TypeDoc cannot read the sources')
await app.generateOutputs(project)

/** Finds the entry that a module of TypeDoc shows; the name of the module is the path of its file in `packages/`. */
function findEntryName(path: string): string {
  const name = path.replace(/\/src(?=\/|$)/, '')
  if (!entries.some((entry) => entry.name === name)) throw new Error(`expected the file of an entry, received ${path}`)
  return name
}
