// The engine reports these itself, when all other rules have run; this file gives them a page and a severity.
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a `# cachemiss ignore=` or `# cachemiss ignore-file=` comment that suppresses nothing: its rule finds nothing
 * there, no instruction follows, or no rule has that name. Rules that are switched off are not reported, and neither are
 * the comments of hadolint and BuildKit.
 *
 * ## Why it matters
 *
 * A comment that outlives its reason hides the next finding, which may be one that makes every build slow. Comments
 * themselves are in no step's cache key; only a step that copies the Dockerfile notices when one is removed
 * ([parser.go](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go) drops them).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * # cachemiss ignore=unused-ignroe -- a typing error
 * RUN npm install --global serve@14
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * RUN npm install --global serve@14
 * ```
 *
 * ## When not to use it
 *
 * When one Dockerfile is linted under several configs, a comment may be needed in one and not in another.
 *
 * ## Cost model
 *
 * None: the comment costs nothing, what it hides may.
 */
export default defineRule({
  id: 'unused-ignore',
  summary: 'A suppression comment suppresses nothing',
  category: 'engine',
  severity: 'warning',
  check: () => [],
})
