import { checkArgument, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { formatCount } from '@facekp/options'
import type { AnnotationFormat } from '../annotations/annotations.ts'
import type { PointMapping } from '../schemes/match-points.ts'

const FORMAT_REPORT_REPORT = objectKind({
  matches: listKind(KINDS.object),
  missing: KINDS.strings,
  extra: KINDS.strings,
  warnings: KINDS.strings,
})

/** Result of reading a file: how its points were matched, what was skipped, and warnings. */
export interface ReadReport extends PointMapping {
  readonly format: AnnotationFormat
  /** Name of the scheme. */
  readonly scheme: string
  readonly images: number
  /** Faces that became samples. */
  readonly faces: number
  readonly imagesWithoutFaces: number
  /** Faces left out because the file marks them as ignored or as a crowd. */
  readonly ignoredFaces: number
  /** Images that do not exist, with `missingImages: 'keep'`. */
  readonly missingImages: number
  /** Samples whose box was derived from their points, since the file has none. */
  readonly derivedBoxes: number
  readonly warnings: readonly string[]
}

/** Formats a report as text: the mapping of points, then counts and warnings. */
export function formatReport(report: ReadReport): string {
  checkArgument(FORMAT_REPORT_REPORT, report, 'report', 'formatReport')
  const { matches, missing, extra, warnings } = report
  const renamed = matches.filter(({ fileName, schemePoint }) => schemePoint !== null && schemePoint !== fileName)
  return [
    `${report.format}: ${formatCount(report.faces, 'face')} in ${formatCount(report.images, 'image')}, ${matches.length - extra.length} of ${matches.length} points matched with scheme ${report.scheme}`,
    ...renamed.map(({ fileName, schemePoint }) => `  ${fileName} -> ${schemePoint}`),
    ...(missing.length > 0 ? [`  not in the file: ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`  not in the scheme, left out: ${extra.join(', ')}`] : []),
    ...(report.imagesWithoutFaces > 0 ? [`  ${formatCount(report.imagesWithoutFaces, 'image')} without faces`] : []),
    ...(report.ignoredFaces > 0 ? [`  ${formatCount(report.ignoredFaces, 'face')} marked as ignored, left out`] : []),
    ...(report.missingImages > 0 ? [`  ${formatCount(report.missingImages, 'image')} missing`] : []),
    ...(report.derivedBoxes > 0
      ? [`  ${report.derivedBoxes} ${report.derivedBoxes === 1 ? 'box' : 'boxes'} derived from the points`]
      : []),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ].join('\n')
}
