import { formatValue } from '@facekp/core'
import type * as z from 'zod/mini'

const TYPES: Readonly<Record<string, string>> = {
  array: 'an array',
  bigint: 'a bigint',
  boolean: 'true or false',
  date: 'a date',
  function: 'a function',
  int: 'an integer',
  map: 'a map',
  nan: 'NaN',
  null: 'null',
  number: 'a finite number',
  object: 'an object',
  record: 'an object',
  set: 'a set',
  string: 'a string',
  tuple: 'an array',
  undefined: 'undefined',
}

/** Says what an issue asks for, such that it completes "expected ...". */
export function describeExpected(issue: z.core.$ZodIssue): string {
  if (!hasDefaultMessage(issue)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? `an instance of ${issue.expected}`
    case 'too_small':
      return describeLimit(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'above', issue.exact)
    case 'too_big':
      return describeLimit(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'below', issue.exact)
    case 'invalid_value':
      return joinAlternatives(issue.values.map((value) => formatValue(value)))
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.format === 'regex' ? `a string like ${issue.pattern}` : `a string of format ${issue.format}`
    case 'invalid_union':
      return describeUnion(issue)
    default:
      return 'a valid value'
  }
}

/** Tests whether the message is zod's own, not one of the schema. */
function hasDefaultMessage({ message }: z.core.$ZodIssue): boolean {
  return /^(Invalid |Too (small|big)|Unrecognized )/.test(message)
}

const UNITS: Readonly<Record<string, string>> = { array: 'item', set: 'item', string: 'character' }

function describeLimit(origin: string, limit: number | bigint, comparison: string, isExact?: boolean): string {
  const unit = UNITS[origin]
  if (!unit) return `a number ${comparison} ${limit}`.replace(' at ', ' of at ')
  return `${isExact ? 'exactly' : comparison} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  const { options } = issue as { readonly options?: readonly unknown[] }
  if (options) return joinAlternatives(options.map((option) => formatValue(option)))
  const branches = issue.errors.flatMap(([first]) => (first ? [describeExpected(first)] : []))
  return branches.length > 0 ? joinAlternatives([...new Set(branches)]) : 'a valid value'
}

/** Joins as `a, b or c`. */
function joinAlternatives(alternatives: readonly string[]): string {
  return alternatives.join(', ').replace(/, ([^,]*)$/, ' or $1')
}
