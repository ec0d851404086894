import ts from 'typescript'

/** A use of a word that docs/glossary.md replaces. */
export interface BannedUse {
  readonly line: number
  readonly text: string
}

/** Names that say nothing about their content. */
const VAGUE_NAMES: ReadonlySet<string> = new Set(
  [
    'about all asked begins begun found given giveTurn gone hear heard hears here joined kept lit mine more now one own',
    'remembered seen slopes strange taken tell telling tells there told trouble turns usual wanted wished',
  ].flatMap((words) => words.split(' ')),
)

/** The field's own words that end in "Of". */
const FIELD_TERMS: ReadonlySet<string> = new Set(['oneOf', 'someOf', 'indexOf'])

/** `fooOf` functions, and the words that "metric", "plot", "image" and "backend" replace. */
const BANNED_PATTERNS: readonly RegExp[] = [
  /^(kept|slopes)[A-Z]/,
  /[a-z]Of$/,
  /[eE]ngine/,
  /^(figure|picture)s?([A-Z]|$)/,
  /[a-z](Figure|Picture)s?([A-Z]|$)/,
  /^(Figure|Picture)s?([A-Z]|$)/,
]

/** Phrases that plain English says in fewer words. */
const BANNED_PHRASES = new RegExp(
  [
    String.raw`\btold\b`,
    String.raw`\btells (of|the|what|which|how|where|whether)\b`,
    String.raw`\bthere (is|are) none\b`,
    String.raw`\bthat there (is|are) not\b`,
    String.raw`\bso many\b`,
    String.raw`\berrs by\b`,
    String.raw`\bwhat would do\b`,
    String.raw`\b[Ii]s none\b`,
    String.raw`\bpictures?\b`,
    String.raw`(?<!tf\.)\bengines?\b(?!":|\()`,
    String.raw`\b(whither|whence|whoever)\b`,
  ].join('|'),
)

/** Finds declarations in TypeScript source whose name the vocabulary bans. Names of other libraries are only used, never declared. */
export function findBannedNames(file: string, text: string): BannedUse[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  const uses: BannedUse[] = []
  const visit = (node: ts.Node): void => {
    const name = getDeclaredName(node)
    if (name && isBannedName(name.text.replace(/^#/, ''))) {
      const { line } = source.getLineAndCharacterOfPosition(name.getStart(source))
      uses.push({ line: line + 1, text: name.text })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return uses
}

/** Finds phrases in any text, comments and strings included, that the vocabulary bans. */
export function findBannedPhrases(text: string): BannedUse[] {
  return text.split('\n').flatMap((content, index) => {
    const match = BANNED_PHRASES.exec(content)
    return match ? [{ line: index + 1, text: match[0] }] : []
  })
}

export function isBannedName(name: string): boolean {
  if (FIELD_TERMS.has(name)) return false
  return VAGUE_NAMES.has(name) || BANNED_PATTERNS.some((pattern) => pattern.test(name))
}

function getDeclaredName(node: ts.Node): ts.Identifier | ts.PrivateIdentifier | undefined {
  const isDeclaration =
    ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node)
  if (!isDeclaration || !node.name) return undefined
  return ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name) ? node.name : undefined
}
