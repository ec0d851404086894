import { FacekpError } from '@facekp/core'
import { SaxesParser } from 'saxes'

/** An element of an XML file. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
  /** From 1. */
  readonly line: number
}

type Building = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: Building[] }

/** Annotations are a few levels deep; a deeper tree would exhaust the stack of what walks it. */
const MAX_DEPTH = 100

/**
 * Parses XML text into a tree. Expands no entity except XML's own five, and refuses a DOCTYPE.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line
 */
export function parseXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser({ position: false, xmlns: false })
  const invalidError = (problem: string, received?: string): FacekpError =>
    new FacekpError({ code: 'ANNOTATIONS_INVALID', file, line: parser.line, problem, received })
  const open: Building[] = []
  let root: Building | undefined
  parser.on('opentag', ({ name, attributes }) => {
    const element: Building = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
      line: parser.line,
    }
    if (open.length >= MAX_DEPTH) throw invalidError(`elements are nested more than ${MAX_DEPTH} deep`)
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('text', (content) => {
    const element = open.at(-1)
    if (element) element.text += content
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.on('doctype', () => {
    throw invalidError('a DOCTYPE is not accepted')
  })
  parser.on('error', ({ message }) => {
    throw invalidError('not well-formed XML', message)
  })
  parser.write(text.replace(/^\uFEFF/, '')).close()
  if (!root) throw invalidError('the file has no element')
  return root
}

/** Escapes text for an attribute or element. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;')
}
