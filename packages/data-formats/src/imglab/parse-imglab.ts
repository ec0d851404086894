import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { SaxesParser } from 'saxes'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { parseNumber } from '../annotations/parse-number.ts'

type Building<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] }
type BuildingFace = Omit<Building<AnnotatedFace>, 'points'> & { points: AnnotatedPoint[] }
type BuildingImage = Omit<Building<AnnotatedImage>, 'faces'> & { faces: BuildingFace[] }
type Attributes = Readonly<Record<string, string>>

/** 00 and 0 are the same point. */
const LEADING_ZEROS = /^0+(?=\d+$)/

/** The element that may contain each of these. Other elements (name, comment, label) are ignored. */
const PARENTS: ReadonlyMap<string, string> = new Map([
  ['dataset', 'nothing'],
  ['images', 'dataset'],
  ['image', 'images'],
  ['box', 'image'],
  ['part', 'box'],
])

/**
 * Parses the XML of dlib's imglab: images, their boxes (those to `ignore` marked as ignored), and parts with any names: numbers in any order or
 * words. A part is visible; a point without a part is not labeled. Expands no entity except XML's own five, and refuses a DOCTYPE.
 *
 * @param xml whole text of the file
 * @param file its name in errors
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line
 *
 * Source: dlib, `dlib/data_io/image_dataset_metadata.h` and `tools/imglab`.
 */
export function parseImglab(xml: string, file = 'imglab.xml'): Annotations {
  checkArgument(KINDS.string, xml, 'xml', 'parseImglab')
  checkArgument(KINDS.string, file, 'file', 'parseImglab')
  const images: BuildingImage[] = []
  const names = new Map<string, string>()
  const parser = new SaxesParser({ position: false, xmlns: false })
  const open: string[] = []
  const invalidError = (problem: string): FacekpError =>
    new FacekpError({ code: 'ANNOTATIONS_INVALID', file, line: parser.line, problem })
  const builder = createBuilder({ images, names, invalidError, getLine: () => parser.line })
  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1)
    checkNesting(name, parent, invalidError)
    open.push(name)
    builder.get(name)?.(attributes as Record<string, string>)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.on('doctype', () => {
    throw invalidError('a DOCTYPE is not accepted')
  })
  parser.on('error', ({ message }) => {
    throw invalidError(`not well-formed XML: ${message}`)
  })
  parser.write(xml.replace(/^\uFEFF/, '')).close()
  return { format: 'imglab', images, pointNames: [...names.keys()], warnings: [] }
}

function createBuilder(context: {
  readonly images: BuildingImage[]
  /** Names of parts, and the same without leading zeros. */
  readonly names: Map<string, string>
  readonly invalidError: (problem: string) => FacekpError
  readonly getLine: () => number
}): ReadonlyMap<string, (attributes: Attributes) => void> {
  const { images, names, invalidError, getLine } = context
  let points: AnnotatedPoint[] = []
  let partNames = new Set<string>()
  const readNumber = (attributes: Attributes, element: string, name: string): number => {
    const value = parseNumber(attributes[name])
    if (!Number.isNaN(value)) return value
    throw invalidError(`<${element}> ${name}: expected a number, received ${formatAttribute(attributes[name])}`)
  }
  const readSize = (attributes: Attributes, element: string, name: string): number => {
    const value = readNumber(attributes, element, name)
    if (value > 0) return value
    throw invalidError(`<${element}> ${name}: expected a number above 0, received ${value}`)
  }
  const handlers: Record<string, (attributes: Attributes) => void> = {
    image(attributes) {
      const path = attributes['file']
      if (!path?.trim()) throw invalidError(`<image> file: expected a path, received ${formatAttribute(path)}`)
      const width = attributes['width'] === undefined ? undefined : readSize(attributes, 'image', 'width')
      const height = attributes['height'] === undefined ? undefined : readSize(attributes, 'image', 'height')
      images.push({ file: path, line: getLine(), width, height, faces: [] })
    },
    box(attributes) {
      const ignore = attributes['ignore'] ?? '0'
      if (ignore !== '0' && ignore !== '1') {
        throw invalidError(`<box> ignore: expected 0 or 1, received ${formatAttribute(ignore)}`)
      }
      const box = {
        left: readNumber(attributes, 'box', 'left'),
        top: readNumber(attributes, 'box', 'top'),
        width: readSize(attributes, 'box', 'width'),
        height: readSize(attributes, 'box', 'height'),
      }
      points = []
      partNames = new Set()
      images.at(-1)?.faces.push({ box, line: getLine(), ignored: ignore === '1', points })
    },
    part(attributes) {
      const name = attributes['name']?.trim()
      if (!name) throw invalidError('<part> name: expected a name or number, received no value')
      // A list has hundreds of thousands of parts, and few names.
      const uniqueName = names.get(name) ?? name.replace(LEADING_ZEROS, '')
      names.set(name, uniqueName)
      if (partNames.has(uniqueName)) throw invalidError(`<part> name: ${name} occurs twice in one box`)
      partNames.add(uniqueName)
      const x = readNumber(attributes, 'part', 'x')
      const y = readNumber(attributes, 'part', 'y')
      points.push({ name, x, y, isVisible: true })
    },
  }
  return new Map(Object.entries(handlers))
}

function checkNesting(name: string, parent: string | undefined, invalidError: (problem: string) => FacekpError): void {
  if (parent === undefined) {
    if (name !== 'dataset') throw invalidError(`expected <dataset> as imglab writes it, received <${name}>`)
    return
  }
  const expected = PARENTS.get(name)
  if (expected === undefined || expected === parent) return
  throw invalidError(`expected <${name}> within <${expected}>, received it within <${parent}>`)
}

function formatAttribute(value: string | undefined): string {
  return value === undefined ? 'none' : `"${value.slice(0, 80)}"`
}
