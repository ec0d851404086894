import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from '../annotations/annotations.ts'
import { listImageNames } from '../annotations/image-extensions.ts'
import { parseNumber } from '../annotations/parse-number.ts'
import { parseXml, type XmlElement } from '../annotations/parse-xml.ts'

const FRAME_DIGITS = 6

/**
 * Parses CVAT's XML: "CVAT for images 1.1" (skeletons, and plain `<points>` that hold several coordinates) and the tracks of "CVAT for
 * video 1.1", whose frames become images named `frame_000012`.
 *
 * A skeleton is a face; its elements may come in any order. `outside="1"` is not labeled, `occluded="1"` hidden, else visible. Plain
 * `<points>` of one coordinate are collected by `group_id` (all of the image without one); those of several coordinates are a face of
 * their own, with the points numbered from 0.
 *
 * @throws FacekpError `ANNOTATIONS_INVALID` with file and line
 *
 * Source: https://docs.cvat.ai/docs/manual/advanced/xml_format/
 */
export function parseCvat(xml: string, file = 'annotations.xml'): Annotations {
  checkArgument(KINDS.string, xml, 'xml', 'parseCvat')
  checkArgument(KINDS.string, file, 'file', 'parseCvat')
  const root = parseXml(xml, file)
  if (root.name !== 'annotations') {
    throw invalidError(file, root, `expected <annotations> as CVAT writes it, received <${root.name}>`)
  }
  const pointNames: string[] = readLabelNames(root)
  const names = new Set(pointNames)
  const context: Context = {
    file,
    addName(name) {
      if (names.has(name)) return
      names.add(name)
      pointNames.push(name)
    },
  }
  const images = root.children.filter(({ name }) => name === 'image').map((image) => parseImage(image, context))
  const frames = parseTracks(root, context)
  return { format: 'cvat', images: [...images, ...frames], pointNames, warnings: findOtherShapes(root, file) }
}

interface Context {
  readonly file: string
  /** Notes a point name in the order of appearance. */
  readonly addName: (name: string) => void
}

/** Lists the sublabels of skeleton labels in `<meta>`, in CVAT's order. */
function readLabelNames(root: XmlElement): string[] {
  const labels = findAll(root, 'label').filter(({ children }) => children.length > 0)
  const sublabels = labels.filter((label) => findChild(label, 'parent') !== undefined)
  return [...new Set(sublabels.flatMap((label) => findChild(label, 'name')?.text.trim() ?? []))]
}

/** Elements that are read, or hold no keypoints. */
const IMAGE_ELEMENTS = new Set(['skeleton', 'points', 'box', 'tag'])
const TRACK_ELEMENTS = new Set(['skeleton', 'box'])

/** Warns of shapes that are not read. */
function findOtherShapes(root: XmlElement, file: string): string[] {
  const list = (parent: string, readElements: ReadonlySet<string>): string[] => {
    const parents = root.children.filter(({ name }) => name === parent)
    return parents.flatMap(({ children }) => children.map(({ name }) => name)).filter((name) => !readElements.has(name))
  }
  const format = (names: readonly string[]): string => [...new Set(names)].sort().join(', ')
  const shapes = list('image', IMAGE_ELEMENTS)
  const tracked = list('track', TRACK_ELEMENTS)
  return [
    ...(shapes.length > 0
      ? [`${file}: ${shapes.length} shapes are neither skeletons nor points: ${format(shapes)}`]
      : []),
    ...(tracked.length > 0
      ? [`${file}: ${tracked.length} shapes of tracks are not skeletons: ${format(tracked)}`]
      : []),
  ]
}

function parseImage(element: XmlElement, context: Context): AnnotatedImage {
  const { attributes, children, line } = element
  const file = attributes['name']
  if (!file) throw invalidError(context.file, element, '<image> has no name')
  const skeletons = children.filter(({ name }) => name === 'skeleton')
  return {
    file,
    line,
    width: readSize(element, 'width', context),
    height: readSize(element, 'height', context),
    faces: [...skeletons.map((skeleton) => parseSkeleton(skeleton, context)), ...parsePlainPoints(children, context)],
  }
}

function parseSkeleton(skeleton: XmlElement, context: Context): AnnotatedFace {
  const elements = skeleton.children.filter(({ name }) => name === 'points')
  return { line: skeleton.line, points: elements.flatMap((element) => parseLabeledPoint(element, context)) }
}

function parsePlainPoints(children: readonly XmlElement[], context: Context): AnnotatedFace[] {
  const faces: AnnotatedFace[] = []
  const groups = new Map<string, { points: AnnotatedPoint[]; line: number }>()
  for (const element of children.filter(({ name }) => name === 'points')) {
    const coordinates = parseCoordinates(element, context)
    const group = element.attributes['group_id'] ?? ''
    if (coordinates.length === 1) {
      const face = groups.get(group) ?? { points: [], line: element.line }
      groups.set(group, face)
      face.points.push(...parseLabeledPoint(element, context))
    } else {
      const isVisible = element.attributes['occluded'] !== '1'
      const points = coordinates.map(([x, y], index) => ({ name: String(index), x, y, isVisible }))
      for (const { name } of points) context.addName(name)
      faces.push({ line: element.line, points })
    }
  }
  return [...faces, ...groups.values()]
}

function parseLabeledPoint(element: XmlElement, context: Context): AnnotatedPoint[] {
  const { label, outside, occluded } = element.attributes
  if (!label) throw invalidError(context.file, element, '<points> has no label')
  context.addName(label)
  if (outside === '1') return []
  const [coordinates] = parseCoordinates(element, context)
  if (!coordinates) return []
  const [x, y] = coordinates
  return [{ name: label, x, y, isVisible: occluded !== '1' }]
}

/** Collects the skeletons of all tracks by frame. */
function parseTracks(root: XmlElement, context: Context): AnnotatedImage[] {
  const frames = new Map<number, AnnotatedFace[]>()
  for (const track of root.children.filter(({ name }) => name === 'track')) {
    for (const skeleton of track.children.filter(({ name }) => name === 'skeleton')) {
      const frame = Number(skeleton.attributes['frame'])
      if (!Number.isInteger(frame) || frame < 0) {
        const received = skeleton.attributes['frame']
        throw invalidError(context.file, skeleton, `frame: expected a whole number, received ${received}`)
      }
      const face = parseSkeleton(skeleton, context)
      if (skeleton.attributes['outside'] === '1') continue
      frames.set(frame, [
        ...(frames.get(frame) ?? []),
        { ...face, attributes: { track: track.attributes['id'] ?? '' } },
      ])
    }
  }
  const size = findAll(root, 'original_size')[0]
  const width = size && parseNumber(findChild(size, 'width')?.text.trim())
  const height = size && parseNumber(findChild(size, 'height')?.text.trim())
  return [...frames]
    .sort(([a], [b]) => a - b)
    .map(([frame, faces]) => {
      const file = `frame_${String(frame).padStart(FRAME_DIGITS, '0')}`
      return { file, otherFiles: listImageNames(file), width, height, faces }
    })
}

function parseCoordinates(element: XmlElement, { file }: Context): [x: number, y: number][] {
  const text = element.attributes['points'] ?? ''
  return text
    .split(';')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const [x, y, ...rest] = pair.split(',').map((value) => parseNumber(value.trim())) as [number, number]
      if (rest.length > 0 || Number.isNaN(x) || y === undefined || Number.isNaN(y)) {
        throw invalidError(file, element, `points: expected "x,y" pairs, received "${pair.slice(0, 80)}"`)
      }
      return [x, y]
    })
}

function readSize(element: XmlElement, name: 'width' | 'height', { file }: Context): number | undefined {
  const text = element.attributes[name]
  if (text === undefined) return undefined
  const value = parseNumber(text)
  if (value > 0) return value
  throw invalidError(file, element, `${name}: expected a number above 0, received "${text.slice(0, 80)}"`)
}

function findChild({ children }: XmlElement, name: string): XmlElement | undefined {
  return children.find((child) => child.name === name)
}

function findAll(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)])
}

function invalidError(file: string, { line }: XmlElement, problem: string): FacekpError {
  return new FacekpError({ code: 'ANNOTATIONS_INVALID', file, line, problem })
}
