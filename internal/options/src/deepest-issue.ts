import type * as z from 'zod/mini'

/**
 * Picks the issue that says most about a value: of a union, that of the branch that the value follows furthest.
 *
 * @param issue as zod reports it
 * @returns the issue itself, unless it is the issue of a union; the path begins at the same value
 */
export function deepestIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const branches = issue.errors.flatMap(([first]) => (first ? [deepestIssue(first)] : []))
  const [deepest] = branches.filter((branch) => getDepth(branch) > 0).sort((a, b) => getDepth(b) - getDepth(a))
  return deepest ? { ...deepest, path: [...issue.path, ...deepest.path] } : issue
}

/** Computes the depth of an issue. An unknown key is one step deeper than its object. */
function getDepth({ path, code }: z.core.$ZodIssue): number {
  return path.length + (code === 'unrecognized_keys' ? 1 : 0)
}
